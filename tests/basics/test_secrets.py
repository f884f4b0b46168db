"""Secrets in text: each form is recognised, its nearest harmless text stays, and time grows with the text."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from datetime import date

import pytest

from support.effort import Effort
from taskfiles.basics.secret import scrub_text
from taskfiles.basics.secret_option import PROGRAMS
from taskfiles.basics.secret_rule import MARK
from taskfiles.basics.secret_token import TOKENS, Token
from taskfiles.telemetry.secret_attempt import scrub_attempt

HEX, UPPER, LOWER, MIXED = "0123456789abcdef", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "abcdefghijk0123456789", ""
SHAPES = {"h": HEX, "U": UPPER, "l": LOWER, "d": "0123456789", "m": HEX + UPPER + "ghijklmnopqrstuvwxyz"}

# How a token of each issuer looks: literal text, and {h32} for 32 random characters of a kind. They are made
# at run time, so that no scanner takes this file for a leak.
LOOKS = {
    "AWS": "{}{U16}",
    "AWS Bedrock": "{}{m120}",
    "AWS Bedrock, short-lived": "{}{m60}",
    "GitHub": "{}{m36}",
    "GitHub, fine-grained": "{}{m22}_{m59}",
    "GitLab": "{}{m20}",
    "GitLab runner registration": "{}{m20}",
    "Bitbucket": "{}{m32}",
    "Bitbucket Data Center": "{}{m44}",
    "Atlassian": "{}{m180}={h8}",
    "npm": "{}{m36}",
    "PyPI": "{}{m120}",
    "RubyGems": "{}{h48}",
    "Clojars": "{}{h60}",
    "crates.io": "{}{l32}",
    "NuGet": "{}{l43}",
    "Docker Hub": "{}{m27}",
    "Artifactory": "{}{m69}",
    "CircleCI": "{}{m22}_{h40}",
    "Buildkite": "{}{h40}",
    "SonarQube": "{}{h40}",
    "Sourcegraph": "{}{h16}_{h40}",
    "Octopus Deploy": "{}{U26}",
    "Harness": "{}{m22}.{m24}.{m20}",
    "Infracost": "{}{m32}",
    "Postman": "{}{h24}-{h34}",
    "ReadMe": "{}{l70}",
    "Prefect": "{}{m36}",
    "WakaTime": "{}{h8}-{h4}-{h4}-{h4}-{h12}",
    "Alibaba Cloud": "{}{m20}",
    "Tencent Cloud": "{}{m32}",
    "Google": "{}{m35}",
    "Google OAuth": "{}{m40}",
    "Azure": "abc8{}{m34}",
    "Azure DevOps": "{m76}{}{m4}",
    "DigitalOcean": "{}{h64}",
    "Heroku": "{}AA{m58}",
    "Fly.io": "{}{m120}",
    "Netlify": "{}{m36}",
    "Vercel": "{}{m24}",
    "Cloudflare origin CA": "{}{h24}-{h146}",
    "Cloudflare": "{}{l40}{h8}",
    "Scalingo": "{}{m48}",
    "Tailscale": "{}auth-{m12}-{m20}",
    "OpenShift": "{}{m43}",
    "Salad Cloud": "{}user_{m40}",
    "HashiCorp Vault": "{}{m90}",
    "HashiCorp Vault, older": "{}a1{m22}",
    "HCP Terraform": "{m14}{}{m67}",
    "Pulumi": "{}{h40}",
    "Doppler": "{}pt.{m43}",
    "1Password service account": "{}{m250}",
    "1Password secret key": "{}{U6}-{U6}-{U5}-{U5}-{U5}-{U5}",
    "age": "{}{U58}",
    "Databricks": "{}{h32}",
    "PlanetScale": "{}{m43}",
    "Supabase": "{}{h40}",
    "ClickHouse Cloud": "{}{m38}",
    "Neon": "{}{l64}",
    "Airtable": "{}{m14}.{h64}",
    "Contentful": "{}{m43}",
    "MaxMind": "{m6}_{m29}{}",
    "Mapbox": "{}{m60}.{m22}",
    "Apify": "{}{m36}",
    "Anthropic and OpenAI": "{}ant-api03-{m93}AA",
    "Groq": "{}{m52}",
    "xAI": "{}{m80}",
    "Replicate": "{}{m37}",
    "Perplexity": "{}{m48}",
    "Hugging Face": "{}{m34}",
    "LangSmith": "{}{h32}_{h10}",
    "Pinecone": "{}{m6}_{m63}",
    "NVIDIA": "{}{m64}",
    "Tavily": "{}{m32}",
    "Stripe": "{}{m24}",
    "Stripe webhooks": "{}{m32}",
    "Shopify": "{}{h32}",
    "Shopify, of a user": "{}{h32}",
    "Square": "{}{m60}",
    "Square, of an application": "{}{m43}",
    "Razorpay": "{}{m14}",
    "Flutterwave": "{}{l32}-X",
    "Flutterwave, live": "{}{l32}-X",
    "Plaid": "{}{h8}-{h4}-{h4}-{h4}-{h12}",
    "PayPal and Braintree": "{}production${l16}${h32}",
    "EasyPost": "{}{m54}",
    "Shippo": "{}{h40}",
    "Duffel": "{}{m43}",
    "Ramp": "{}{m48}",
    "Slack": "{}{d11}-{d11}-{m24}",
    "Twilio": "{}{h32}",
    "SendGrid": "{}{m22}.{m43}",
    "Mailgun": "{}{h32}",
    "Mailchimp": "{h32}{}12",
    "Brevo": "{}{h64}-{m16}",
    "Resend": "{}{m8}_{m24}",
    "Telegram": "{d10}{}{m33}",
    "Discord": "{}{m23}.{m6}.{m38}",
    "Facebook": "{}{m120}",
    "HubSpot": "{}{h8}-{h4}-{h4}-{h4}-{h12}",
    "Typeform": "{}{m59}",
    "Figma": "{}{m40}",
    "Linear": "{}{h40}",
    "Notion": "{}{d11}{m35}",
    "ClickUp": "{}{d8}_{U32}",
    "Trello": "{}{h64}",
    "Asana": "{}{d16}:{h32}",
    "Adobe": "{}{l32}",
    "Frame.io": "{}{m64}",
    "Canva": "{}{m52}",
    "SettleMint": "{}{m16}",
    "Sentry": "{}{h64}",
    "Datadog": "{}{m34}",
    "New Relic": "{}{U27}",
    "New Relic licence": "{h36}{}",
    "Grafana": "{}{m32}_{h8}",
    "Dynatrace": "{}{U24}.{U64}",
    "PostHog": "{}{m44}",
    "Rootly": "{}{h64}",
    "LaunchDarkly": "{}{h8}-{h4}-{h4}-{h4}-{h12}",
    "Yandex": "{}{m36}",
    "Yandex Cloud IAM": "{}{m80}.{m86}",
}


def make_token(token: Token, start: str, seed: int) -> str:
    chosen = random.Random(f"{token.issuer} {start} {seed}")

    def fill(found: re.Match[str]) -> str:
        return start if not found[1] else "".join(chosen.choices(SHAPES[found[1]], k=int(found[2])))

    return re.sub(r"\{(?:([a-zA-Z])(\d+))?\}", fill, LOOKS[token.issuer])


@pytest.mark.parametrize("token", TOKENS, ids=[token.issuer for token in TOKENS])
def test_tokens_of_issuers_are_replaced(token: Token) -> None:
    """By the issuer's own row: a token that another rule replaces as well is replaced by this one, too."""
    for start in token.starts:
        for seed in range(5):
            made = make_token(token, start, seed)
            assert token.is_possible(made)
            assert token.compile().sub(MARK, f"used {made}, then left") == f"used {MARK}, then left"
            for text in (f"used {made}, then left", made, f'"{made}"', f"a\\n{made}\\n", f"({made})"):
                assert made not in scrub_text(text)
                assert scrub_text(scrub_text(text)) == scrub_text(text)


@pytest.mark.parametrize("token", TOKENS, ids=[token.issuer for token in TOKENS])
def test_what_only_begins_like_a_token_stays(token: Token) -> None:
    for start in token.starts:
        for text in (f"it begins with {start}", f"{start}abc is short", f"{start}."):
            assert scrub_text(text) == text


def test_every_row_has_an_issuer_a_source_and_a_day() -> None:
    assert sorted(LOOKS) == sorted(token.issuer for token in TOKENS)
    for token in TOKENS:
        assert token.source.startswith("https://")
        assert date.fromisoformat(token.checked) <= date(2099, 1, 1)


NAMED = [
    "DB_PASS={}",
    "db_pass = {}",
    "export SMTP_PASS='{}'",
    "smtp-pass: {}",
    "REDIS_PW={}",
    "MYSQL_PWD={}",
    "WIFI_PSK={}",
    "REGISTRY_CREDS={}",
    "JWT_SALT={}",
    "dbPass: '{}'",
    "userPwd={}",
    "PASS={} make deploy",
    "https://example.com/login?user=ada&pass={}",
    "PGPASSWORD={} psql",
    "ENCRYPTION_KEY={}",
    "signing-key: {}",
    "SSH_KEY={}",
    "AccountKey={};Endpoint=x",
    "passphrase: {}",
    "<password>{}</password>",
    "<db:password>{}</db:password>",
    '<add key="Password" value="{}" />',
    "- name: DB_PASSWORD\n  value: {}",
    '{{"name": "API_TOKEN", "value": "{}"}}',
    "machine example.com login ada password {}",
    "CREATE USER ada IDENTIFIED BY '{}'",
    "ALTER ROLE ada WITH PASSWORD '{}'",
    "Connect-Thing -Password {}",
    "tool --db-pass {}",
    "tool --creds {}",
    "PRIVATE-TOKEN: {}",
    "X-Api-Key: {}",
    "SECRET_KEY_BASE={}",
    "DB_PASSWORD_PROD={}",
    "GITHUB_TOKEN_2: {}",
    "API_KEY_BACKUP='{}'",
    "ENV API_KEY {}",
    "setx DB_PASSWORD {}",
    "set -gx GITHUB_TOKEN {}",
    "setenv DB_PASS {}",
    "my password is: {}",
    "the password was '{}'",
    "jdbc:oracle:thin:ada/{}@db:1521:shop",
]


@pytest.mark.parametrize("form", NAMED)
@pytest.mark.parametrize("secret", ["hunter2", "swordfish", "x7!kq", "9f8e7d"])
def test_what_is_named_as_a_secret_is_replaced(form: str, secret: str) -> None:
    text = form.format(secret)
    scrubbed = scrub_text(text)
    assert secret not in scrubbed
    assert MARK in scrubbed
    assert scrub_text(scrubbed) == scrubbed


COMMANDS = [
    "curl -u ada:{} https://example.com",
    "curl -sSu 'ada:{}' https://example.com",
    "curl --user ada:{} https://example.com",
    "curl --proxy-user ada:{} https://example.com",
    "curl \\\n  -u ada:{}",
    "curl -b session={} https://example.com",
    "curl --cookie 'sid={}' https://example.com",
    "curl -E client.pem:{} https://example.com",
    "http -a ada:{} example.com",
    "mysql -u root -p{} shop",
    "mysqldump --all -p'{}' > all.sql",
    "mariadb -p{}",
    "docker exec db mysql -uroot -p{} -e 'select 1'",
    "redis-cli -h cache -a {} ping",
    "sshpass -p {} ssh ada@example.com",
    "sshpass -p{} ssh ada@example.com",
    "mongosh -u ada -p {}",
    "docker login -u ada -p {} example.com",
    "podman login example.com -u ada -p {}",
    "az login -u ada -p {}",
    "ldapsearch -x -D cn=ada -w {} -b dc=example",
    "sqlcmd -S db -U ada -P {}",
    "unzip -P {} a.zip",
    "7z x -p{} a.7z",
    "smbclient //host/share -U ada%{}",
    "lftp -u ada,{} example.com",
    "openssl enc -aes-256-cbc -pass pass:{} -in a",
    "openssl rsa -passin pass:{} -in a",
    "keytool -list -storepass {}",
    "htpasswd -bc users ada {}",
    "twine upload -u ada -p {} dist/*",
    "dotnet nuget push a.nupkg -k {}",
    "snmpwalk -v2c -c {} host",
    "cmdkey /add:host /user:ada /pass:{}",
    "net user ada {} /add",
    "echo {} | sudo -S apt install x",
    "echo '{}' | docker login -u ada --password-stdin",
    "printf '%s' '{}' | gh auth login --with-token",
    "sudo -S ls <<< {}",
    "git config --global github.token {}",
    "npm config set //registry.example.com/:_authToken {}",
    "aws configure set aws_secret_access_key {}",
    "wget --password={} --user=ada https://example.com",
    "vault login {}",
    "cargo login {}",
    "sqlplus ada/{}@shop",
    "ssh-keygen -t ed25519 -N {} -f key",
    "mosquitto_pub -u ada -P {} -t a",
    "xfreerdp /u:ada /p:{} /v:host",
    "net use Z: //host/share /user:ada {}",
    "nmcli dev wifi connect home password {}",
    "rabbitmqctl add_user ada {}",
    "mc alias set shop https://example.com ada {}",
]


@pytest.mark.parametrize("form", COMMANDS)
@pytest.mark.parametrize("secret", ["hunter2", "swordfish", "x7!kq"])
def test_secrets_among_the_arguments_of_programs_are_replaced(form: str, secret: str) -> None:
    text = f"I ran `{form.format(secret)}`\nand it worked"
    scrubbed = scrub_text(text)
    assert secret not in scrubbed
    assert scrubbed.endswith("\nand it worked")
    assert scrub_text(scrubbed) == scrubbed


@pytest.mark.parametrize(
    "text",
    [
        "tests_pass: 12, tests_fail=0",
        "first_pass = done",
        "PASS: 12 of 12",
        "max_tokens=4096 input_tokens: 12_000",
        "used tokens: 1200",
        "PWD=/home/ada OLDPWD=/tmp make",
        "the bypass=fast lane",
        "COMPASS=north",
        "curl -u ada https://example.com",
        "curl -o out:put https://example.com",
        "cat -u a:b",
        "mysql -u root -p shop",
        "mysql -P3306",
        'mysql -p"$DB_PASSWORD" shop',
        "docker run -p 8080:80 nginx",
        "mkdir -p a/b",
        "cp -a one two",
        "ssh -p 2222 example.com",
        "zip -r a.zip b",
        "echo done | tee log",
        "author: Ada, sign-off by Bob",
        "rank_pin: 3",
        "git config user.name Ada",
        "see https://example.com/a:b/c and https://example.com:8443/x",
        "TASK0123456789abcdef0123456789abcdef01",
        "desk-lamp-in-the-corner-of-the-room",
        "monkey=banana",
        "primary_key=id",
        "sha256:" + "0a" * 32,
        "commit 5e884898da28047151d0e56f8dc6292773603d0d on en-us",
        "the key of the design is simple",
        "the password is wrong, the token is missing",
        "the secret is kept elsewhere",
        "SORT_KEY=name",
        "ARG VERSION 3.12",
        "vault login -method=oidc",
        "cargo login",
        "token_count: 12",
        "sqlplus /nolog",
        "ssh-keygen -t ed25519",
    ],
)
def test_the_nearest_harmless_texts_stay(text: str) -> None:
    assert scrub_text(text) == text


# Fragments that a rule begins with, or that make it look far ahead.
FRAGMENTS = [
    *("A_", "A_KEY", "ENV ", "ENV a", "password is ", "token is `", "jdbc:oracle:a:a/", "jdbc:oracle:a:a"),
    *("sqlplus a/", "net use /user:a ", "mc alias set ", "vault login ", "wpa_passphrase a ", "password_"),
    *(
        "a://",
        "a://b:c",
        "a@",
        "https://a:1/",
        "eyJ",
        "eyJabcdefg.",
        "-----BEGIN PRIVATE KEY-----",
        "--",
        "-",
    ),
    *("password ", "password", "password=", "token\n", "_pass", "PASS=", 'secret="', "'", '"', "cookie: \n"),
    *("authorization ", "basic ", "bearer\t", "<password", "<password>", "login a password ", "value: "),
    *("name, value", "&key=", "$2b$", "hooks.slack.com/", "identified by '", "api_key", "$argon2id$", "."),
    *("echo a ", "echo a|", "sudo -S ", "<<<", "\\\n", "\\", " ", "\n", "A", "a1", "Aa1", "0" * 31 + "-"),
]
WORDS = re.compile(r"[a-z0-9]{2,}")


def hostile_units() -> list[str]:
    names = [f"{word} " for each in PROGRAMS for word in WORDS.findall(each.names)]
    options = [f"{word}-{letter}" for word in ("curl ", "mysql ", "ldapadd ") for letter in "uabpwk"]
    return [*FRAGMENTS, *dict.fromkeys(names), *options]


def seconds(scrub: Callable[[str], str], text: str) -> float:
    begun = time.process_time()
    scrub(text)
    return time.process_time() - begun


def is_linear(scrub: Callable[[str], str], unit: str, size: int) -> bool:
    """Four times the text takes about four times as long; sixteen times where work grows with the square."""
    small, large = ((unit * (length // len(unit) + 1))[:length] + "!" for length in (size, 4 * size))
    # The machine may be busy: what is slow is measured again.
    return any(seconds(scrub, large) < 9 * max(seconds(scrub, small), 0.002) for _ in range(4))


@pytest.mark.slow
def test_scrubbing_takes_time_in_proportion_to_the_text(effort: Effort) -> None:
    units = effort.sample(hostile_units(), 30)
    assert [unit for unit in units if not is_linear(scrub_text, unit, 3000)] == []


@pytest.mark.slow
def test_the_pattern_of_each_token_takes_time_in_proportion_to_the_text() -> None:
    for token in TOKENS:
        pattern = token.compile()
        for start in token.starts:
            for unit in (start, f"{start}aB3", f"{start}{'0a' * 40}.", f"{'0a' * 40}{start}"):
                assert is_linear(lambda text, by=pattern: by.sub(MARK, text), unit, 20_000), unit  # type: ignore[misc]


# Attempts

PLANTED = "Bearer abcdef123456"
ATTEMPT = {
    "id": "0199C6F2-0000-7000-8000-000000000001",
    "started_at": "2026-11-21T05:00:00Z",
    "ended_at": "2026-11-21T05:01:00Z",
    "duration_seconds": 60,
    "status": "failed",
    "session_id": "wJalrXUtnFEMIK7MDENGbPxRfiCYz",
    "executor": {"tool": "claude-code", "model": "claude-sonnet-4-20250514"},
    "commit": {"head": "5e884898da28047151d0e56f8dc6292773603d0d"},
    "created_files": ["wJalrXUtnFEMIK7MDENGbPxRfiCYz.txt"],
}


def test_identifiers_of_attempts_stay() -> None:
    assert scrub_attempt(ATTEMPT) == ATTEMPT


@pytest.mark.parametrize(
    "more",
    [
        {"error_reason": PLANTED},
        {"error_type": PLANTED},
        {"notes": f"a\nb {PLANTED}"},
        {"reviewer": {"name": "Ada", "approved": False, "notes": PLANTED}},
        {"executor": {"tool": f"run {PLANTED}", "planner": {"tool": PLANTED}}},
        {"quality_gates": {"run": [PLANTED], "failed": [PLANTED]}},
        {"x_of_mine": {"deep": [{"text": PLANTED}]}},
        {"x_of_mine": {"api_key": "abcdef123456"}},
    ],
)
def test_no_text_of_an_attempt_keeps_a_secret(more: dict[str, object]) -> None:
    clean = scrub_attempt(ATTEMPT | more)
    assert "abcdef123456" not in repr(clean)
    assert scrub_attempt(clean) == clean
