"""What each check of the conformance kit asks, and what to do where it does not pass, in ja and en."""

from __future__ import annotations

from dataclasses import dataclass

from recognition.authenticate.edge.conformance import Finding, Report
from verifier.scheme.rule import Words


@dataclass(frozen=True)
class Advice:
    """What a check asks, and what to do where it does not pass."""

    asks: Words
    to_do: Words


def _advice(asks_ja: str, asks_en: str, do_ja: str, do_en: str) -> Advice:
    return Advice(Words(ja=asks_ja, en=asks_en), Words(ja=do_ja, en=do_en))


ADVICE = {
    "address": _advice(
        "住所は公開された https の名前か",
        "The address is a public name under https",
        "IPアドレスや内部の名前ではなく、公開の名前とポート443または8443を使ってください。",
        "Use a public host name and port 443 or 8443; no IP address, no internal name, no user name.",
    ),
    "encrypted": _advice(
        "通信は暗号化されているか",
        "The channel is encrypted and proven",
        "公開前に https で確かめてください。",
        "Before you go public, run the kit over https.",
    ),
    "reached": _advice(
        "回答が届くか",
        "A whole answer arrives",
        "サーバー、TLS証明書、圧縮（無効にする）、Content-Length を確かめてください。",
        "Look at the server, its TLS chain, Content-Length, and switch compression off for this path.",
    ),
    "answers_200": _advice(
        "既知の証明書に200で答えるか",
        "A certificate that exists is answered with 200",
        "有効な証明書の番号を指定し、200を返してください。",
        "Name a certificate that is valid now, and answer it with 200.",
    ),
    "direct": _advice(
        "転送なしで答えるか",
        "It answers without redirects",
        "最終的な住所を登録してください。",
        "Register the final address; redirects to another host are never followed.",
    ),
    "media_type": _advice(
        "種類は約束どおりか",
        "The media type is the one agreed on",
        "Content-Type を application/json（署名付きなら application/jwt）にしてください。",
        "Send Content-Type: application/json, or application/jwt for signed answers.",
    ),
    "readable": _advice(
        "回答を厳密に読み取れるか",
        "The answer is strict JSON in UTF-8",
        "UTF-8、重複する名前なし、小数なし、8段までの入れ子にしてください。",
        "Send UTF-8 without doubled names, fractions or NaN, nested 8 deep at most.",
    ),
    "facts": _advice(
        "必要な事実が揃うか",
        "Every fact that the profile reads is there, in words that it knows",
        "プロファイルの場所と語を回答に合わせてください。",
        "Bring the pointers and words of the profile and the answer together.",
    ),
    "number": _advice(
        "尋ねた番号の回答か",
        "The answer repeats the number that was asked for",
        "回答に証明書の番号をそのまま含めてください。",
        "Repeat the certificate's number in the answer, character by character.",
    ),
    "holder": _advice(
        "保有者は一致するか",
        "The holder is the one that was named",
        "保有者は登録番号（ICD-番号）で示してください。",
        "Name the holder by its number in a register (ICD and value), not by name.",
    ),
    "state": _advice(
        "現在の状態を述べるか",
        "The answer says what the certificate's present state is",
        "状態を述べないと、判定は「確認できない」になります。",
        "Say it: without it no decision can pass.",
    ),
    "confirms": _advice(
        "証明書を確認できるか",
        "All in all, the certificate is confirmed",
        "上の不合格を直してください。",
        "Repair what failed above.",
    ),
    "same_twice": _advice(
        "二度尋ねても同じか",
        "Asked twice, it says the same",
        "複製の間の遅れを確かめてください。",
        "Look for replicas that lag behind each other.",
    ),
    "quick": _advice(
        "2秒以内に答えるか",
        "It answers within two seconds",
        "索引を確かめてください。",
        "Index the certificate number.",
    ),
    "small": _advice(
        "回答は小さいか",
        "The answer is smaller than 16 KB",
        "必要な事実だけを返してください。",
        "Send the facts of this one certificate only.",
    ),
    "clock": _advice(
        "時計は合っているか",
        "Its clock is right to two minutes",
        "NTPで時刻を合わせ、Date を送ってください。",
        "Keep time by NTP and send a Date header.",
    ),
    "caching": _advice(
        "途中での保存が制限されているか",
        "Nobody between keeps an answer for too long",
        "Cache-Control: no-cache を送ってください。",
        "Send Cache-Control: no-cache, or a max-age no longer than the profile's freshness.",
    ),
    "sparing": _advice(
        "必要な項目だけか",
        "The answer holds nothing that is not needed",
        "不要な項目、とくに個人情報を除いてください。",
        "Leave out the other members, above all names of persons and findings.",
    ),
    "unknown_is_404": _advice(
        "未知の番号に404で答えるか",
        "A number that nobody has is answered with 404",
        "「無い」は404で答え、200や転送にしないでください。",
        "Answer `none` with 404, never with 200, a page or a redirect.",
    ),
    "odd_numbers": _advice(
        "変わった番号でも壊れないか",
        "Odd numbers are refused and break nothing",
        "%エンコードされた番号を一つの区切りとして扱い、4xxで答えてください。",
        "Treat the percent-encoded number as one segment, and answer 4xx.",
    ),
    "burst": _advice(
        "続けて尋ねても答えるか",
        "Ten questions in a row are answered",
        "制限する場合は429と Retry-After を返してください。",
        "If you limit askers, allow ten at once, and send 429 with Retry-After beyond.",
    ),
}

_MARKS = {
    "passed": Words(ja="合格", en="passed"),
    "failed": Words(ja="不合格", en="FAILED"),
    "not_made": Words(ja="未実施", en="not made"),
}
_ENDS = {
    0: Words(ja="必須の確認にすべて合格しました。", en="Every required check passed."),
    1: Words(ja="必須の確認に不合格があります。", en="A required check did not pass."),
    2: Words(ja="照会先に届きませんでした。", en="The registry could not be reached."),
}


def report_text(report: Report, lang: str) -> list[str]:
    """Return the report in words: each check with its result, and below those that did not pass what to do."""
    lines = [report.url]
    for finding in report.findings:
        advice = ADVICE[finding.name]
        lines.append(f"  {_MARKS[finding.result].in_(lang):<9} {finding.name}: {advice.asks.in_(lang)}")
        if finding.result != "passed":
            lines.append(f"            {_met(finding)}{advice.to_do.in_(lang)}")
    return [*lines, _ENDS[report.exit_code].in_(lang)]


def report_members(report: Report, lang: str) -> dict[str, object]:
    """Return the report as JSON."""
    return {
        "url": report.url,
        "exit_code": report.exit_code,
        "checks": [
            {
                "name": finding.name,
                "result": finding.result,
                "required": finding.required,
                "met": finding.met,
                "advice": ADVICE[finding.name].to_do.in_(lang) if finding.result != "passed" else "",
            }
            for finding in report.findings
        ],
    }


def _met(finding: Finding) -> str:
    return f"({finding.met}) " if finding.met else ""
