"""DATA: the words of tables in English, German, French and Chinese."""

from __future__ import annotations

import re

WORDS = {
    # key, which is the English phrase: German, French, Chinese
    "all real numbers": ("alle reellen Zahlen", "tous les réels", "全体实数"),
    "none": ("keine", "aucun", "无"),
    "and": ("und", "et", "且"),
    "by": ("nach", "par rapport à", "对"),
    "shapes": ("Formen", "formes", "形状"),
    "given": ("falls", "si", "已知"),
    "if": ("falls", "si", "当"),
    "otherwise": ("sonst", "sinon", "其他"),
    "undefined at": ("nicht definiert bei", "non définie en", "不可导于"),
    "subgradient": ("Subgradient", "sous-gradient", "次梯度"),
    "in": ("in", "dans", "∈"),
    "is taken": ("wird genommen", "est pris", "取值"),
    "at": ("bei", "en", "于"),
    "not continuous": ("unstetig", "discontinue", "不连续"),
    "slope": ("Steigung", "pente", "斜率"),
    "vertical tangent": ("senkrechte Tangente", "tangente verticale", "竖直切线"),
    "Checked by": ("Geprüft mit", "Vérifié par", "校验："),
    "Row {}": ("Zeile {}", "Ligne {}", "第 {} 行"),
    "Rows {}": ("Zeilen {}", "Lignes {}", "第 {} 行"),
    "Source": ("Quelle", "Source", "来源"),
    "not defined": ("nicht definiert", "non défini", "无定义"),
    "proved against SymPy": (
        "bewiesen gegen SymPy",
        "démontré avec SymPy",
        "经 SymPy 证明",
    ),
    "agrees against SymPy": (
        "stimmt mit SymPy",
        "concorde avec SymPy",
        "与 SymPy 一致",
    ),
    "agrees": ("stimmt", "concorde", "一致"),
    "differs": ("weicht ab", "diffère", "不符"),
    "unknown": ("unbekannt", "inconnu", "未知"),
    "the same expression": ("derselbe Ausdruck", "la même expression", "同一表达式"),
    "the same normal form": (
        "dieselbe Normalform",
        "la même forme normale",
        "同一标准形",
    ),
    "after simplification": ("nach Vereinfachung", "après simplification", "化简后"),
    "the difference is": ("die Differenz ist", "la différence est", "差为"),
    "SymPy's expansion": ("SymPys Entwicklung", "développement de SymPy", "SymPy 展开"),
    "finite differences": ("Differenzenquotienten", "différences finies", "有限差分"),
    "balls": ("Kugeln", "boules", "球算术"),
    "points": ("Punkten", "points", "点"),
    "radius below": ("Radius unter", "rayon inférieur à", "半径小于"),
    "of random sizes": ("zufälliger Größen", "de tailles aléatoires", "随机大小"),
    "group": ("Gruppe", "groupe", "组"),
    "failed": ("fehlgeschlagen", "échec", "失败"),
}
LANGUAGES = ("en", "de", "fr", "zh")


def phrase(key: str, language: str) -> str:
    """A phrase in a language."""
    if language == "en":
        return key
    return WORDS[key][LANGUAGES.index(language) - 1]


def spellings(key: str) -> str:
    """A phrase in all languages, as a pattern."""
    return "|".join(dict.fromkeys(phrase(key, language) for language in LANGUAGES))


def translated(told: str, language: str) -> str:
    """A text of several phrases, with names and numbers between them."""
    if language == "en":
        return told
    return _PHRASES.sub(lambda found: phrase(found[0], language), told)


_PHRASES = re.compile(
    rf"\b(?:{'|'.join(sorted(map(re.escape, WORDS), key=len, reverse=True))})\b"
)
