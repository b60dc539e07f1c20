"""Errors as people meet them: with their place, and in a notebook without frames."""

from __future__ import annotations

import pytest

import calcml as cm


def test_a_notebook_shows_the_message_with_the_caret() -> None:
    with pytest.raises(cm.CalcmlError) as caught:
        cm.diff("x*sigmod(x)", "x")
    lines = caught.value._render_traceback_()
    assert lines[:3] == ["UnsupportedError:", "x*sigmod(x)", "  ^^^^^^^^^"]
    assert "Did you mean sigmoid?" in lines[3]
    assert len(lines) == 4


def test_ipython_shows_no_frames(capsys: pytest.CaptureFixture[str]) -> None:
    shells = pytest.importorskip("IPython.core.interactiveshell", reason="no IPython")
    shell = shells.InteractiveShell()
    shell.run_cell("import calcml; calcml.parse('1/2x')")
    told = capsys.readouterr().out
    assert "1/(2*x) or 1/2*x" in told
    assert "calcml/parsing" not in told
