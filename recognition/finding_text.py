"""The sentences of the recognition linter, each under its code, in Japanese and English."""

from __future__ import annotations

from verifier.scheme.rule import Words


def _words(ja: str, en: str) -> Words:
    return Words(ja=ja, en=en)


SCHEME_RULES: dict[str, Words] = {
    "scheme_files": _words(
        "制度のファイルは {files} の二つだけです。", "a foreign scheme is exactly the files {files}"
    ),
    "level_named_twice": _words("レベル {level} が二度あります。", "the level {level} is named twice"),
    "version_named_twice": _words("版 {version} が二度あります。", "the version {version} is named twice"),
    "version_level_unknown": _words(
        "版 {version} に、制度にないレベル {level} の最終日があります。",
        "version {version} ends for a level that the scheme does not have: {level}",
    ),
    "version_days_reversed": _words(
        "版 {version} は始まる前に終わります（{level}）。", "version {version} ends before it begins ({level})"
    ),
    "status_named_twice": _words("状態の語 {word} が二度あります。", "the status {word!r} is named twice"),
    "status_none_valid": _words("有効を意味する状態の語がありません。", "no status word means valid"),
    "authentication_twice": _words("確認方法 {method} が二度あります。", "the method {method} is named twice"),
    "key_scheme_unbound": _words(
        "署名トークンの方式なのに、鍵を公開するアドレスがありません。",
        "signed tokens need the address at which the operator publishes its keys",
    ),
    "informative_certifies": _words(
        "参考のみの文書に {member} は書けません。", "what is informative certifies nobody: it has no {member}"
    ),
    "level_none": _words("証明書を出す制度にレベルがありません。", "a scheme that certifies has at least one level"),
    "validity_missing": _words("レベル {level} の有効期間がありません。", "the level {level} has no validity"),
    "statement_id_form": _words("識別番号の形式ではありません：{id}", "not an id: {id!r}"),
    "statement_twice": _words("{id} が二度あります。", "{id} stands here a second time"),
    "statement_bare": _words("分野または見出しがありません。", "theme or label is missing"),
    "statement_level": _words("制度にないレベルです：{level}", "not a level of this scheme: {level!r}"),
    "gap_filled": _words(
        "{member} は省略と書かれていますが、書かれています。", "{member} is said to be left out, and stands here"
    ),
    "gap_unstated": _words(
        "{member} がなく、[omitted] に理由もありません。", "{member} is left out and `omitted` does not say why"
    ),
    "source_missing": _words("出典がありません。", "no source is given"),
    "source_undated": _words("出典に日付がありません：{title}", "the source has no date: {title}"),
    "level_weaker": _words(
        "レベルは低い順に並べますが、{level} は前のレベルより保証が弱いです。",
        "levels stand lowest first, but {level} gives less assurance than the one before it",
    ),
    "synthetic_unmarked": _words(
        "架空の制度なのに、説明にそう書かれていません（架空／synthetic）。",
        "a synthetic scheme must say so in its notice (架空 / synthetic)",
    ),
}
MAPPING_RULES: dict[str, Words] = {
    "mapping_files": _words(
        "対応付けは同じ名前の NAME.toml と NAME.csv の二つだけです。",
        "a mapping is exactly two files, NAME.toml and NAME.csv",
    ),
    "scheme_not_at_hand": _words("制度 {scheme} は手元にありません。", "the scheme {scheme} is not at hand"),
    "source_version": _words(
        "制度 {scheme} に版 {version} はありません。", "the scheme {scheme} has no version {version}"
    ),
    "source_version_twice": _words("版 {version} が二度あります。", "the version {version} is named twice"),
    "scheme_onto_itself": _words("同じ制度の間の対応付けです。", "a mapping of {scheme} onto itself"),
    "draft_unmarked": _words(
        "草案なのに、notice にそう書かれていません（草案／draft）。", "a draft must say so in its notice (草案 / draft)"
    ),
    "name_differs": _words(
        "id は {id} ですが、ファイル名は {name} です。", "its id is {id}, but its files are called {name}"
    ),
    "relation_unknown": _words(
        "関係 {relation} は未知です（{known}）。", "unknown relation {relation!r}; known: {known}"
    ),
    "row_sourceless": _words("対応元がありません。", "no source"),
    "row_source_twice": _words("同じ対応元が行に二度あります。", "a source stands in the row twice"),
    "row_source_unknown": _words("対応元 {id} は未知です。", "unknown source {id!r}"),
    "row_target_unknown": _words("対応先 {id} は未知です。", "unknown target {id!r}"),
    "row_twice": _words("行 {other} と対応元・対応先が同じです。", "the same sources and target as row {other}"),
    "row_contradicts": _words("{target} について行 {other} と矛盾します。", "contradicts row {other} about {target}"),
    "qualifier_unknown": _words(
        "限定 {qualifier} は未知です（{known}）。", "unknown qualifier {qualifier!r}; known: {known}"
    ),
    "condition_missing": _words(
        "addressable には条件の識別番号が要ります。", "addressable names the condition: addressable:<id>"
    ),
    "condition_form": _words("条件の識別番号の形式ではありません：{id}", "not the id of a condition: {id!r}"),
    "condition_surplus": _words("{qualifier} に条件は付けられません。", "{qualifier} takes no condition"),
    "qualifier_denied": _words(
        "関係なし（no-relationship）の行に限定は付けられません。", "a no-relationship row takes no qualifier"
    ),
    "qualifier_pointless": _words(
        "{relation} は元から一部なので、{qualifier} は何も変えません。",
        "{relation} is partial anyway: {qualifier} changes nothing",
    ),
    "row_redundant": _words(
        "行 {other} がより少ない対応元で同じ対応先を含みます。",
        "row {other} already covers {target} with fewer sources",
    ),
    "equal_to_two": _words(
        "{source} は行 {other} でも別の対応先と等しいとされています。",
        "{source} is said to be equal to two different targets, see row {other}",
    ),
    "never_recognises": _words(
        "この対応付けでは何も認められません：含む関係が一つもありません。",
        "this mapping can never recognise anything: no relation covers",
    ),
    "targets_silent": _words(
        "対応先 {all} 件のうち {silent} 件に行がありません。", "{silent} of {all} targets are not mapped"
    ),
}
OSCAL_RULES: dict[str, Words] = {
    "oscal_json": _words("JSON として読めません：{problem}", "not strict JSON: {problem}"),
    "oscal_shape": _words("{where}：{problem}", "{where}: {problem}"),
    "oscal_version": _words("OSCAL {version} は読めません（1.2）。", "OSCAL {version} is not read here, only 1.2"),
    "oscal_method": _words("{where}：方法 {word} は語彙にありません。", "{where}: invalid method {word!r}"),
    "oscal_rationale": _words(
        "{where}：根拠 {word} は語彙にありません。", "{where}: invalid matching-rationale {word!r}"
    ),
    "oscal_status": _words("{where}：状態 {word} は語彙にありません。", "{where}: invalid status {word!r}"),
    "oscal_mappings": _words(
        "mappings は {found} 件です（一件だけ読みます）。", "{found} mappings in the collection: one is read at a time"
    ),
    "oscal_uuid": _words("{where}：UUID の形式ではありません。", "{where}: not a UUID of version 4 or 5"),
    "oscal_uuid_twice": _words("{where}：同じ UUID が二度あります。", "{where}: the UUID stands a second time"),
    "oscal_resource": _words("{where}：{problem}", "{where}: {problem}"),
    "oscal_href": _words("{where}：{href} は back-matter にありません。", "{where}: {href} is not in the back-matter"),
    "oscal_custom_relation": _words(
        "{where}：独自の関係の語彙（ns）は読めません。", "{where}: a relation of another namespace is not read"
    ),
    "oscal_item_type": _words("{where}：種類 {word} は語彙にありません。", "{where}: invalid type {word!r}"),
    "oscal_joint_target": _words(
        "{where}：対応先が {found} 件あります（一件だけです）。",
        "{where}: {found} targets in one map; the relation is to one",
    ),
    "oscal_prefix": _words(
        "{where}：{id} に接頭辞 {prefix} がありません。", "{where}: {id} does not begin with the prefix {prefix}"
    ),
    "oscal_qualifier": _words("{where}：{problem}", "{where}: {problem}"),
    "oscal_gap_mapped": _words(
        "{where}：{id} は対応なしと書かれていますが、対応があります。", "{where}: {id} is listed as a gap and is mapped"
    ),
    "oscal_gap_unknown": _words("{where}：{id} は未知です。", "{where}: unknown id {id}"),
    "oscal_gap_silent": _words(
        "{id} は対応付けにも対応なしの一覧にもありません。", "{id} is neither mapped nor listed as a gap"
    ),
    "oscal_coverage": _words(
        "{where}：含む関係のない対応に全部（1.0）とあります。",
        "{where}: full coverage is stated where no relation covers",
    ),
    "oscal_ignored": _words(
        "{where}：{member} は判断に使いません。", "{where}: {member} is not kept: nothing is decided on it"
    ),
    "oscal_unmarked": _words(
        "草案なのに remarks にそう書かれていません。", "a draft collection must say so in its metadata's remarks"
    ),
}
RULES: dict[str, Words] = {**SCHEME_RULES, **MAPPING_RULES, **OSCAL_RULES}
"""Each rule of the three formats under its code."""

DOUBTS = frozenset(
    {
        "gap_unstated",
        "source_missing",
        "source_undated",
        "level_weaker",
        "qualifier_pointless",
        "row_redundant",
        "equal_to_two",
        "never_recognises",
        "targets_silent",
        "oscal_gap_silent",
        "oscal_ignored",
        "oscal_unmarked",
    }
)
"""What is only doubtful: the file is read all the same."""
