"""Secrets in command lines: short options and arguments that carry one with some programs only; pure.

What a long option is called says enough (`--password x`, in `secret_rule`); `-p x` does not.
"""

from __future__ import annotations

from typing import NamedTuple

from taskfiles.basics.patterns import lazy
from taskfiles.basics.secret_rule import MARK

# A variable's name is no secret: mysql -p"$PASSWORD".
_NO_VARIABLE = r"""(?!["']?\$[\w{(])"""
_WORD = r"""(?:"[^"\n]{1,400}"?|'[^'\n]{1,400}'?|[^\s"'|;&]{1,400}){1,8}"""
_VALUE = _NO_VARIABLE + _WORD
_PAIR = (  # a user's name, a colon and the password
    rf"""{_NO_VARIABLE}(?:"[^"\n:]{{0,200}}:[^"\n]{{1,200}}"|'[^'\n:]{{0,200}}:[^'\n]{{1,200}}'"""
    r"""|[^\s"':]{0,200}:[^\s"'|;]{1,400})"""
)
_COOKIES = r"""(?:"[^"\n]{1,400}"?|'[^'\n]{1,400}'?|[^\s=]{1,100}=\S{1,400})"""


class Program(NamedTuple):
    """Programs by a pattern of their names; what stands before a secret in their arguments; the secret."""

    names: str
    before: str
    secret: str = _VALUE


def _option(letters: str) -> str:
    """Return the pattern of a short option whose value follows: attached, after = or in the next word."""
    return rf"(?<!\S)-[{letters}](?:\s+|=|(?=[^\s=]))"


_REGISTRIES = r"(?:docker|podman|nerdctl|buildah|skopeo|helm|oras|crane|regctl|az|cf|oc|ibmcloud)"
_STORES = r"(?:aws\s+configure\s+set|(?:git|npm|pip|poetry|yarn|composer)\s+config)"

PROGRAMS = (
    Program(r"curl", r"(?<!\S)(?:-[a-zA-Z]{0,6}[uU]\s*|--(?:proxy-)?user(?:\s+|=))", _PAIR),
    Program(r"curl", r"(?<!\S)(?:-b\s*|--cookie(?:\s+|=))", _COOKIES),
    Program(r"curl", r"(?<!\S)(?:-E\s*|--cert(?:\s+|=))[^\s:\"']{1,200}:"),
    Program(r"curl", r"(?<!\S)--(?:pass|oauth2-bearer)(?:\s+|=)"),
    Program(r"(?:https?|xhs?|httpie)", r"(?<!\S)-a\s*", _PAIR),
    Program(r"(?:mysql|mariadb)[a-z_-]{0,40}|mytop|(?:percona|pt)-[a-z-]{1,40}", r"(?<!\S)-p(?=\S)"),
    Program(r"(?:redis|valkey|keydb)-cli", _option("a")),
    Program(r"sshpass|mongo(?:sh|dump|restore|export|import|stat|top)?|cqlsh|twine", _option("p")),
    Program(rf"{_REGISTRIES}\b[^\n|;&]{{0,200}}?\slogin", _option("p")),
    Program(r"ldap(?:search|add|modify|delete|passwd|whoami|compare|modrdn)", _option("w")),
    Program(r"sqlcmd|bcp|osql|zip|unzip|zipcloak", _option("P")),
    Program(r"7z[arz]?|rar|unrar", r"(?<!\S)-h?p(?=\S)"),
    Program(r"smbclient|smbget|rpcclient|lftp", r"(?<!\S)-[uU]\s*[^\s%,\"']{1,100}[%,]"),
    Program(r"openssl", r"(?<!\w)pass:|(?<!\S)-[kK]\s+"),
    Program(r"keytool|jarsigner", r"(?<!\S)-(?:src|dest)?(?:store|key|new)pass\s+"),
    Program(r"htpasswd", r"(?<!\S)-[A-Za-z]{0,6}b[A-Za-z]{0,6}\s+\S{1,200}\s+\S{1,200}\s+"),
    Program(r"nuget", _option("k")),
    Program(r"snmp[a-z]{1,20}", _option("AXc")),
    Program(r"cmdkey|net\s+use|runas|schtasks", r"(?<!\S)/(?:pass|p|rp):"),
    Program(r"net\s+user", r"\A\s+[^\s/]\S{0,100}\s+(?!/)"),
    Program(r"evil-winrm|winrs|crackmapexec|netexec|nxc", r"(?<!\S)-p[: ]\s*"),
    Program(r"(?:vault|cargo|railway|doppler)\s+login", r"\A\s+(?![-\s])(?:token=)?"),
    Program(r"sqlplus|sqlldr|rman|expdp|impdp", r"(?<!\S)[A-Za-z]\w{0,60}/(?=[^\s/])", r"[^\s@/\"']{1,200}"),
    Program(r"ssh-keygen", _option("NP")),
    Program(r"mosquitto_(?:pub|sub|rr)", _option("P")),
    Program(r"x?freerdp|wfreerdp", r"(?<!\S)/p:"),
    Program(r"rdesktop", _option("p")),
    Program(r"net\s+use", r"(?<!\S)/user:\S{1,200}\s+(?!/)"),
    Program(r"nmcli", r"(?<!\S)password\s+"),
    Program(r"wpa_passphrase", r"\A\s+(?:\"[^\"\n]{0,100}\"|\S{1,100})\s+"),
    Program(r"rabbitmqctl", r"(?<!\S)(?:add_user|change_password)\s+\S{1,200}\s+"),
    Program(r"mc\s+alias\s+set", r"\A\s+\S{1,200}\s+\S{1,200}\s+\S{1,200}\s+"),
    Program(_STORES, r"\s\S{0,80}(?i:token|secret\w{0,20}|passwo?r?d|_auth|api-?key)\s+(?!-)"),
)
_RULES = [
    (lazy(rf"(?<![\w.-])(?:{each.names})(?![\w-])"), lazy(f"({each.before}){each.secret}"))
    for each in PROGRAMS
]
_READERS = r"(?:sudo\s+-\w{0,5}S|--password-stdin|--with-token|--stdin|passwd|chpasswd)"
# Programs that read the secret from their input, and what is piped into them.
_PIPED = lazy(
    r"""((?<![\w-])(?:echo|printf)\s+(?:-[neE]{1,3}\s+)?(?:["']?%s(?:\\n)?["']?\s+)?)"""
    rf"""{_NO_VARIABLE}(?:"[^"\n]{{1,200}}"|'[^'\n]{{1,200}}'|[^\s"'|]{{1,200}})(?=\s{{0,9}}\|[^\n|]{{0,120}}{_READERS})"""
)
_GIVEN = lazy(rf"({_READERS}[^\n|]{{0,120}}?<<<\s{{0,9}}){_VALUE}")
_LINE_ENDS = lazy(r"(?<=[^\\]\n)")  # a backslash before it continues the line


def scrub_commands(text: str) -> str:
    r"""Replace the secrets among the arguments of programs, line by line.

    >>> scrub_commands("curl -u ada:swordfish https://example.com && mkdir -p a:b")
    'curl -u [redacted] https://example.com && mkdir -p a:b'
    """
    return "".join(_scrub_line(line) for line in _LINE_ENDS.split(text))


def _scrub_line(line: str) -> str:
    for name, secret in _RULES:
        if found := name.search(line):
            line = line[: found.end()] + secret.sub(rf"\1{MARK}", line[found.end() :])
    line = _PIPED.sub(rf"\1{MARK}", line)
    return _GIVEN.sub(rf"\1{MARK}", line)
