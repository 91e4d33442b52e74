"""The words for the ends, warnings and checks of an authentication, in ja and en. Codes may be added, never renamed."""

from __future__ import annotations

from recognition.authenticate.record import Authentication
from verifier.dates import utc_text
from verifier.scheme.rule import Words


def _words(ja: str, en: str) -> Words:
    return Words(ja=ja, en=en)


OUTCOMES = {
    "authenticated": _words("真正性を確認しました", "Authenticated"),
    "undecided": _words(
        "確認できませんでした（無効という意味ではありません）", "Could not be confirmed (not: invalid)"
    ),
}

REASONS = {
    "address_refused": _words("照会先は接続を許されない場所です。", "The address leads to where nothing is asked."),
    "another_certificate": _words("別の証明書についての回答でした。", "The answer was about another certificate."),
    "answered_with_an_error": _words("照会先がエラーを返しました。", "The registry answered with an error."),
    "bad_signature": _words("回答の署名または日付を確認できません。", "The answer's signature or dates do not hold."),
    "channel_refused": _words("照会先のTLS証明書を確認できません。", "The registry's TLS certificate does not hold."),
    "compressed": _words("求めていない圧縮形式の回答でした。", "The answer was compressed, which was not asked for."),
    "contradicts_the_claim": _words(
        "保有者などが申告と食い違います。", "It names another holder, level or version than was claimed."
    ),
    "cut_off": _words("回答が途中で切れました。", "The answer broke off."),
    "no_connection": _words("照会先に接続できません。", "The registry cannot be reached."),
    "not_listed": _words("照会先または一覧に載っていません。", "The registry or list does not hold it."),
    "not_of_this_time": _words("時刻が合いません。", "It is not of this time."),
    "not_readable": _words("回答を読み取れません。", "The answer cannot be read: strict JSON in UTF-8 is."),
    "outside_profile": _words(
        "プロファイルにない項目または語です。", "It lacks a fact, or uses a word, that the profile knows."
    ),
    "redirected": _words("別の場所へ転送されました。", "It redirects elsewhere, or without end."),
    "registry_busy": _words("照会先が応答できません。", "The registry says that it cannot answer now."),
    "registry_paused": _words(
        "失敗が続いたため照会を休止しています。", "After failures in a row nothing is asked for a while."
    ),
    "stale": _words("証拠の有効期間が過ぎています。", "The evidence has grown old: get it anew."),
    "timed_out": _words("時間内に回答がありません。", "There was no whole answer in time."),
    "too_large": _words("回答が大きすぎます。", "The answer is larger than is read."),
    "wrong_media_type": _words("回答の種類が違います。", "The answer is of another media type."),
}

WARNINGS = {
    "answer_kept_from_before": _words("保存済みの回答を使いました。", "An answer kept from before was used."),
    "holder_not_bound": _words(
        "提示者が保有者かは確認していません。", "Whether its holder presents it was not checked."
    ),
    "last_answer_is_stale": _words(
        "以前の回答は古く、判断に使えません。", "The registry confirmed it before; that is too old to count."
    ),
    "registry_learns_who_is_asked_about": _words(
        "照会先は、誰について尋ねたかを知ります。",
        "The registry learns about whom was asked; an imported list does not.",
    ),
    "rests_on_people": _words(
        "署名ではなく、二人の確認に基づきます。", "It rests on two people's word and on no signature of the issuer."
    ),
    "status_list_bad": _words("状態リストを確認できません。", "The status list does not hold."),
    "status_list_stale": _words("状態リストが古くなっています。", "The status list has grown old."),
    "status_unknown": _words("現在の状態は分かりません。", "Its present state is not known."),
    "status_word_unknown": _words(
        "状態の語がプロファイルにありません。", "The profile does not know the word for its state."
    ),
}

METHODS = {
    "signed_token": _words("発行者が署名したトークン", "a token signed by its issuer"),
    "sd_jwt_vc": _words("選択的開示の資格情報（SD-JWT VC）", "an SD-JWT VC"),
    "registry_lookup": _words("登録簿への照会", "a look-up at the scheme's registry"),
    "published_list": _words("公表一覧", "the scheme's published list"),
    "holder_proof": _words("保有者の同意による一回限りの証明", "a one-time proof with the holder's consent"),
    "manual_evidence": _words("二人の担当者による確認", "an examination by two operators"),
}

_RESULTS = {
    "passed": _words("合格", "passed"),
    "failed": _words("不合格", "failed"),
    "not_made": _words("未実施", "not made"),
}
_LABELS = {
    "by": _words("方法", "by"),
    "checked": _words("確認した日時", "checked"),
    "until": _words("有効な期限", "counts until"),
}


def record_lines(record: Authentication, lang: str) -> list[str]:
    """Return a record in words: how it ended, by which method, each check, and the warnings."""

    def label(name: str) -> str:
        return _LABELS[name].in_(lang)

    lines = [OUTCOMES[record.outcome].in_(lang)]
    if record.reason is not None:
        lines.append(f"  {REASONS[record.reason].in_(lang)}")
    assurance = f" ({record.assurance})" if record.assurance else ""
    lines.append(f"  {label('by')}: {METHODS[record.method].in_(lang)}{assurance}")
    lines.append(f"  {label('checked')}: {utc_text(record.at)}")
    if record.fresh_until is not None and record.outcome == "authenticated":
        lines.append(f"  {label('until')}: {utc_text(record.fresh_until)}")
    lines += [f"  [{_RESULTS[check.result].in_(lang)}] {check.name}" for check in record.checks]
    return lines + [f"  ! {WARNINGS[code].in_(lang)}" for code in record.warnings]
