"""The version of the program: of the package, in the User-Agent of calls to Adobe and in the output `handoff`.

CHANGELOG.md says what it brings.
"""

VERSION = "0.2.0"
