"""What every command shares: its session, its event, its errors."""
