"""Fail if pytest's JUnit report names a skipped test, or no test at all."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET


def main(report: Path) -> int:
    """The exit status: 0 if every test of the report ran."""
    if not report.is_file():
        print(f"{report} was not written: no test ran")
        return 1
    cases = list(ET.parse(report).iter("testcase"))  # noqa: S314  # pytest's own output
    skipped = [
        (f"{case.get('classname')}::{case.get('name')}", skip.get("message", ""))
        for case in cases
        for skip in case.iter("skipped")
        if skip.get("type") != "pytest.xfail"
    ]
    for test, reason in skipped:
        print(f"skipped: {test}: {reason}")
    print(f"{len(cases)} tests, {len(skipped)} of them skipped")
    return 1 if skipped or not cases else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
