"""Formats of the tokens and keys of known issuers: a table, each row with its source.

A row says how a token begins and what follows; it is written from public descriptions of the format. To add
one: the row here, and a token of that kind with its nearest harmless text in tests/telemetry/test_secrets.py.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from taskfiles.basics.patterns import lazy

CHECKED = "2026-11-29"  # when the rows were compared with their sources, unless a row says another day
_GITLEAKS = (
    "https://github.com/gitleaks/gitleaks/blob/b58d3f102cf3a2c84cb7f923d05c25c9b1aed84b/config/gitleaks.toml"
)
_TRUFFLEHOG = "https://github.com/trufflesecurity/trufflehog/tree/3ab759fef4bb5935d4fe9ac68b503d05346b8364/pkg/detectors"
_KINGFISHER = "https://github.com/mongodb/kingfisher/tree/ee7c0db3ef87575768f817820c24736249ffcdef/data/rules"
# This list names issuers and kinds of tokens; how they begin is taken from the issuer's own examples.
_NAMED = (
    "https://docs.github.com/en/code-security/reference/secret-security/supported-secret-scanning-patterns"
)
_AWS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"
_GITHUB = (
    "https://github.blog/changelog/2021-03-31-authentication-token-format-updates-are-generally-available"
)
_GITLAB = "https://docs.gitlab.com/security/tokens/"
_GITLAB_KINDS = (
    "pat",
    "dt",
    "rt",
    "rtr",
    "cbt",
    "ptt",
    "ft",
    "imt",
    "agent",
    "soat",
    "oas",
    "oat",
    "ffct",
    "wt",
)
_SENTRY = "https://docs.sentry.io/security-legal-pii/security/token-formats/"
_DATADOG = "https://docs.datadoghq.com/account_management/personal-access-tokens/"
_SUPABASE = "https://supabase.com/docs/guides/api/api-keys"
_MAPBOX = "https://docs.mapbox.com/help/dive-deeper/access-tokens/"
_TWILIO = "https://www.twilio.com/docs/glossary/what-is-a-sid"
_VAULT = "https://developer.hashicorp.com/vault/docs/concepts/tokens"
_RAZORPAY = "https://razorpay.com/docs/api/authentication/"
_DYNATRACE = "https://docs.dynatrace.com/docs/discover-dynatrace/references/dynatrace-api/basics/dynatrace-api-authentication"
_STRIPE = "https://docs.stripe.com/keys"
_SLACK = "https://docs.slack.dev/authentication/tokens"
_FIGMA = "https://developers.figma.com/docs/rest-api/personal-access-tokens/"


class Token(NamedTuple):
    """The format of an issuer's token.

    `starts` are the literal texts of which one begins the token; `before` and `rest` are patterns for what
    stands on either side of it. `whole` says that no letter or digit may stand before the token. A pattern
    may not repeat something without a bound and then require more: that keeps scrubbing linear.
    """

    issuer: str
    starts: tuple[str, ...]
    rest: str
    source: str = _GITLEAKS
    before: str = ""
    whole: bool = False
    checked: str = CHECKED

    def is_possible(self, text: str) -> bool:
        """Return whether the text has one of the literals: a quick test before the pattern."""
        return any(start in text for start in self.starts)

    def compile(self) -> re.Pattern[str]:
        """Return the pattern of the whole token."""
        edge = rf"(?:(?<![A-Za-z0-9])|{_ESCAPE})" if self.whole else ""
        return lazy(f"{edge}{self.before}(?:{'|'.join(map(re.escape, self.starts))}){self.rest}")


# A letter before a token can be the end of an escape: of a string (\n), or of a URL (%3D).
_ESCAPE = r"(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2})"
_UUID = r"[0-9A-Za-z]{8}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{12}"
_W, _B64, _AN, _HEX = r"[\w-]", r"[A-Za-z0-9+/_=-]", r"[A-Za-z0-9]", r"[a-fA-F0-9]"


def _whole(issuer: str, starts: tuple[str, ...], rest: str, source: str = _GITLEAKS) -> Token:
    return Token(issuer, starts, rest, source, whole=True)


TOKENS = (
    # Code, builds and packages
    Token("AWS", ("AKIA", "ASIA", "ABIA", "ACCA", "AROA", "AIDA"), r"[A-Z0-9]{16}", _AWS),
    Token("AWS Bedrock", ("ABSK",), r"[A-Za-z0-9+/]{100,}={0,2}"),
    Token("AWS Bedrock, short-lived", ("bedrock-api-key-",), rf"{_B64}{{20,}}"),
    Token("GitHub", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), rf"{_AN}{{20,}}", _GITHUB),
    Token("GitHub, fine-grained", ("github_pat_",), r"\w{20,}"),
    Token(
        "GitLab",
        tuple(f"gl{kind}-" for kind in _GITLAB_KINDS),
        r"[A-Za-z0-9_.-]{16,}",
        _GITLAB,
    ),
    Token("GitLab runner registration", ("GR1348941",), rf"{_W}{{20,}}"),
    _whole("Bitbucket", ("ATBB",), r"[A-Za-z0-9_=.-]{24,}", _TRUFFLEHOG),
    Token("Bitbucket Data Center", ("BBDC-",), r"[A-Za-z0-9+/@_-]{40,}", _TRUFFLEHOG),
    Token("Atlassian", ("ATATT", "ATCTT3"), rf"{_B64}{{40,}}", _TRUFFLEHOG),
    Token("npm", ("npm_",), rf"{_AN}{{30,}}"),
    Token("PyPI", ("pypi-",), rf"{_W}{{50,}}"),
    Token("RubyGems", ("rubygems_",), rf"{_AN}{{40,}}"),
    Token("Clojars", ("CLOJARS_",), rf"{_AN}{{60}}"),
    _whole("crates.io", ("cio",), rf"{_AN}{{32}}(?!{_AN})", _KINGFISHER),
    _whole("NuGet", ("oy2",), r"[a-z0-9]{43}(?![a-z0-9])", _KINGFISHER),
    Token("Docker Hub", ("dckr_pat_", "dckr_oat_"), rf"{_W}{{20,}}", _TRUFFLEHOG),
    _whole("Artifactory", ("AKCp", "cmVmd"), rf"{_AN}{{50,}}"),
    Token("CircleCI", ("CCIPAT_", "CCIPRJ_"), r"\w{40,}", "https://circleci.com/docs/managing-api-tokens/"),
    Token("Buildkite", ("bkua_",), rf"{_AN}{{30,}}", _TRUFFLEHOG),
    _whole("SonarQube", ("sqp_", "squ_", "sqa_"), rf"{_AN}{{40,}}"),
    Token("Sourcegraph", ("sgp_",), r"(?:\w{1,20}_)?[a-fA-F0-9]{40,}"),
    Token("Octopus Deploy", ("API-",), r"[A-Z0-9]{26}", whole=True),
    Token("Harness", ("pat.", "sat."), rf"{_W}{{22}}\.{_AN}{{24}}\.{_AN}{{20}}", whole=True),
    _whole("Infracost", ("ico-",), rf"{_AN}{{32}}"),
    Token("Postman", ("PMAK-",), rf"{_W}{{26,}}"),
    Token("ReadMe", ("rdme_",), r"[a-z0-9]{40,}"),
    Token("Prefect", ("pnu_",), rf"{_AN}{{36}}"),
    Token("WakaTime", ("waka_",), _UUID, "https://wakatime.com/developers"),
    # Clouds and hosting
    Token("Alibaba Cloud", ("LTAI",), rf"{_AN}{{12,24}}(?!{_AN})", whole=True),
    _whole("Tencent Cloud", ("AKID",), rf"{_AN}{{32}}", _NAMED),
    Token("Google", ("AIza",), rf"{_W}{{35}}"),
    Token("Google OAuth", ("ya29.", "GOCSPX-", "1//0"), rf"{_W}{{16,}}", _KINGFISHER, whole=True),
    Token("Azure", ("Q~",), r"[A-Za-z0-9_~.-]{31,34}", before=r"(?<![A-Za-z0-9_~.])[A-Za-z0-9_~.]{3}\d"),
    Token("Azure DevOps", ("AZDO",), rf"{_AN}{{4}}(?!{_AN})", _KINGFISHER, before=rf"(?<!{_AN}){_AN}{{76}}"),
    Token("DigitalOcean", ("dop_v1_", "doo_v1_", "dor_v1_"), r"[a-f0-9]{40,}"),
    Token("Heroku", ("HRKU-",), rf"{_W}{{36,}}"),
    Token("Fly.io", ("fo1_", "fm1a_", "fm1r_", "fm2_"), r"[A-Za-z0-9+/=_-]{40,}"),  # written as fm1[ar]_
    Token("Netlify", ("nfp_", "nfo_", "nfb_"), rf"{_AN}{{30,}}", _TRUFFLEHOG, whole=True),
    _whole("Vercel", ("vcp_", "vci_", "vca_", "vcr_", "vck_"), rf"{_AN}{{24,}}", _NAMED),
    Token("Cloudflare origin CA", ("v1.0-",), r"[a-f0-9]{24}-[a-f0-9]{40,}"),
    _whole("Cloudflare", ("cfk_", "cfut_", "cfat_"), rf"{_AN}{{40,}}", _TRUFFLEHOG),
    Token("Scalingo", ("tk-us-",), rf"{_W}{{48}}"),
    Token("Tailscale", ("tskey-",), r"[a-z]{2,20}-\w{6,}(?:-\w+)?", _TRUFFLEHOG),
    Token("OpenShift", ("sha256~",), rf"{_W}{{40,}}"),
    Token("Salad Cloud", ("salad_cloud_",), r"\w{12,}", _TRUFFLEHOG),
    # Secrets and infrastructure as code
    Token("HashiCorp Vault", ("hvs.", "hvb.", "hvr."), rf"{_W}{{24,}}", _VAULT, whole=True),
    _whole("HashiCorp Vault, older", ("s.",), rf"(?=[a-zA-Z]*\d){_AN}{{24}}(?!{_AN})"),
    Token("HCP Terraform", (".atlasv1.",), r"[\w=-]{40,}", before=rf"{_AN}{{14}}"),
    Token("Pulumi", ("pul-",), r"[a-f0-9]{40}", whole=True),
    Token("Doppler", ("dp.",), rf"(?:pt|st|ct|sa|scim|audit)\.(?:[\w-]{{2,35}}\.)?{_AN}{{40,}}", whole=True),
    Token("1Password service account", ("ops_eyJ",), rf"{_B64}{{40,}}"),
    Token("1Password secret key", ("A3-",), r"[A-Z0-9]{6}-[A-Z0-9-]{20,40}", whole=True),
    Token("age", ("AGE-SECRET-KEY-1",), r"[A-Z0-9]{40,}"),
    # Databases and data
    Token("Databricks", ("dapi",), r"[a-f0-9]{32}(?:-\d)?", whole=True),
    Token("PlanetScale", ("pscale_tkn_", "pscale_pw_", "pscale_oauth_"), r"[\w=.-]{32,}"),
    Token("Supabase", ("sbp_", "sb_secret_"), rf"{_W}{{20,}}", _SUPABASE, whole=True),
    Token("ClickHouse Cloud", ("4b1d",), rf"{_AN}{{38}}(?!{_AN})", whole=True),
    _whole("Neon", ("napi_",), rf"{_AN}{{40,}}", "https://neon.com/docs/manage/api-keys"),
    Token("Airtable", ("pat",), r"[A-Za-z0-9]{14}\.[a-f0-9]{64}", whole=True),
    Token("Contentful", ("CFPAT-",), rf"{_W}{{40,}}", _TRUFFLEHOG),
    Token("MaxMind", ("_mmk",), "", before=rf"{_AN}{{6}}_{_AN}{{29}}"),
    Token("Mapbox", ("sk.eyJ",), rf"{_W}{{20,}}(?:\.{_W}+)?", _MAPBOX, whole=True),
    Token("Apify", ("apify_api_",), rf"{_AN}{{30,}}", _TRUFFLEHOG),
    # Models
    Token(
        "Anthropic and OpenAI",
        ("sk-",),
        rf"(?:(?:ant|proj|svcacct|service|admin|or|lf)-{_W}{{16,}}|{_AN}{{20,}})",
        whole=True,
    ),
    _whole("Groq", ("gsk_",), rf"{_AN}{{40,}}", _TRUFFLEHOG),
    _whole("xAI", ("xai-",), r"\w{40,}", _TRUFFLEHOG),
    _whole("Replicate", ("r8_",), rf"{_W}{{37}}", _TRUFFLEHOG),
    Token("Perplexity", ("pplx-",), rf"{_AN}{{40,}}", whole=True),
    Token("Hugging Face", ("hf_", "api_org_"), rf"{_AN}{{30,}}"),
    Token("LangSmith", ("lsv2_pt_", "lsv2_sk_"), r"[a-f0-9]{32}(?:_[a-f0-9]{10})?", _TRUFFLEHOG),
    Token("Pinecone", ("pcsk_",), r"\w{40,}", _TRUFFLEHOG),
    Token("NVIDIA", ("nvapi-",), rf"{_W}{{40,}}", _TRUFFLEHOG),
    _whole("Tavily", ("tvly-",), rf"{_W}{{24,}}", _NAMED),
    # Payments and shops
    Token("Stripe", ("sk_live_", "sk_test_", "sk_prod_", "rk_live_", "rk_test_"), rf"{_AN}{{10,}}", _STRIPE),
    Token("Stripe webhooks", ("whsec_",), r"[A-Za-z0-9+/=]{24,}", _STRIPE),
    Token("Shopify", ("shpat_", "shpca_", "shppa_", "shpss_"), rf"{_HEX}{{32}}"),
    Token("Shopify, of a user", ("shpua_",), rf"{_HEX}{{32}}", _NAMED),
    Token("Square", ("EAAA", "sq0atp-"), rf"{_W}{{22,}}", whole=True),
    Token("Square, of an application", ("sq0csp-", "sq0idp-"), rf"{_W}{{22,}}", _KINGFISHER),
    Token("Razorpay", ("rzp_live_", "rzp_test_"), rf"{_AN}{{14}}", _RAZORPAY),
    Token("Flutterwave", ("FLWSECK_TEST-",), r"[a-z0-9]{12,}(?:-X)?"),
    Token("Flutterwave, live", ("FLWSECK-",), r"[a-z0-9]{32}-X", _TRUFFLEHOG),
    Token("Plaid", ("access-sandbox-", "access-development-", "access-production-"), _UUID),
    Token(
        "PayPal and Braintree",
        ("access_token$",),
        rf"(?:production|sandbox)\$[a-z0-9]{{16}}\${_HEX}{{32}}",
        _NAMED,
    ),
    Token("EasyPost", ("EZAK", "EZTK"), rf"{_AN}{{54}}", whole=True),
    Token("Shippo", ("shippo_live_", "shippo_test_"), rf"{_HEX}{{40}}"),
    Token("Duffel", ("duffel_live_", "duffel_test_"), r"[\w=-]{40,}"),
    Token("Ramp", ("ramp_sec_",), rf"{_AN}{{40,}}", _TRUFFLEHOG),
    # Messages and mail
    Token(
        "Slack",
        (*(f"xox{kind}-" for kind in "abcdeoprs"), "xoxe.", "xapp-", "xwfp-"),
        r"[A-Za-z0-9%-]{10,}",
        _SLACK,
    ),
    Token("Twilio", ("SK",), r"[0-9a-f]{32}(?![0-9A-Za-z])", _TWILIO, whole=True),
    Token("SendGrid", ("SG.",), rf"{_W}{{16,64}}\.{_W}{{16,}}"),
    Token("Mailgun", ("key-",), r"[a-z0-9]{32}(?![a-z0-9])", _TRUFFLEHOG, whole=True),
    Token("Mailchimp", ("-us",), r"\d{1,2}(?![0-9A-Za-z])", before=r"(?<![0-9a-f])[0-9a-f]{32}"),
    Token("Brevo", ("xkeysib-", "xsmtpsib-"), rf"{_W}{{40,}}", _NAMED),
    Token(
        "Resend",
        ("re_",),
        rf"{_AN}{{8}}_{_AN}{{20,}}",
        "https://resend.com/docs/api-reference/introduction",
        whole=True,
    ),
    Token(
        "Telegram",
        (":AA",),
        rf"{_W}{{33}}(?!{_W})",
        "https://core.telegram.org/bots/api",
        before=r"(?<!\d)\d{8,10}",
    ),
    Token(
        "Discord",
        ("M", "N", "O"),
        rf"{_AN}{{23,25}}\.{_W}{{6}}\.{_W}{{27,38}}",
        "https://discord.com/developers/docs/reference",
        whole=True,
    ),
    Token("Facebook", ("EAAM", "EAAC"), rf"{_AN}{{100,}}", whole=True),
    Token("HubSpot", ("pat-na1-", "pat-eu1-"), _UUID, _TRUFFLEHOG),
    Token("Typeform", ("tfp_",), r"[\w.=-]{40,}"),
    # Work and design
    Token(
        "Figma", ("figd_", "figo_", "figu_", "figor_", "figoh_", "figur_", "figp_"), rf"{_W}{{32,}}", _FIGMA
    ),
    Token("Linear", ("lin_api_", "lin_oauth_"), rf"{_AN}{{32,}}", _NAMED),
    Token("Notion", ("ntn_", "secret_"), rf"{_AN}{{40,}}", whole=True),
    Token("ClickUp", ("pk_",), r"\d{4,12}_[A-Z0-9]{32}", _KINGFISHER, whole=True),
    Token("Trello", ("ATTA",), r"[a-f0-9]{64}", _NAMED, whole=True),
    Token("Asana", ("1/", "2/"), r"\d{12,17}(?:/\d{12,17})?:[a-f0-9]{32}", _KINGFISHER, whole=True),
    Token("Adobe", ("p8e-",), r"[A-Za-z0-9]{32}", whole=True),
    Token("Frame.io", ("fio-u-",), r"[\w=-]{40,}"),
    Token("Canva", ("cnvca",), rf"{_W}{{40,}}", _NAMED, whole=True),
    Token("SettleMint", ("sm_aat_", "sm_pat_", "sm_sat_"), rf"{_AN}{{16}}"),
    # Operations
    Token("Sentry", ("sntryu_", "sntrys_", "sntrya_", "sntryi_"), r"[\w+/=]{40,}", _SENTRY),
    Token("Datadog", ("ddpat_", "ddsat_", "ddapp_"), rf"{_W}{{20,}}", _DATADOG),
    Token("New Relic", ("NRAK-", "NRII-", "NRIQ-", "NRBR-"), rf"{_W}{{19,}}", _TRUFFLEHOG),
    Token(
        "New Relic licence",
        ("-NRMA", "NRAL"),
        "",
        _TRUFFLEHOG,
        before=rf"(?:{_HEX}{{36,42}}|eu01xx{_HEX}{{30,36}})",
    ),
    Token("Grafana", ("glc_", "glsa_"), r"[\w+/=]{32,}", whole=True),
    Token("Dynatrace", ("dt0c01.", "dt0s01.", "dt0s16."), r"[A-Z0-9]{8,24}\.[A-Z0-9]{64}", _DYNATRACE),
    Token("PostHog", ("phx_",), r"\w{40,}", _TRUFFLEHOG, whole=True),
    Token("Rootly", ("rootly_",), r"[a-f0-9]{64}", _TRUFFLEHOG),
    Token("LaunchDarkly", ("api-", "sdk-"), _UUID, _TRUFFLEHOG, whole=True),
    Token("Yandex", ("AQVN",), rf"{_W}{{35,}}", whole=True),
    Token("Yandex Cloud IAM", ("t1.",), rf"{_W}{{10,400}}={{0,2}}\.{_W}{{86}}", whole=True),
)
