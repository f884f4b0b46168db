"""The colours of charts for pages: those of each role, light and dark, and the marks that have a role."""

from __future__ import annotations

from taskfiles.report.palette import DARK, LIGHT, map_marks

CHART_LIGHT, CHART_DARK = LIGHT, DARK
CHART_RULES = map_marks(".drawing svg ")
