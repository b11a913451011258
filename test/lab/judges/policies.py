"""Reads a list of policy documents as JSON from standard input; prints what parliament has against each of them."""

import json
import sys

from parliament import analyze_policy_string, enhance_finding

findings = [
    {"place": place, "rule": finding.issue, "message": f"{finding.title} {finding.detail}"}
    for place, document in enumerate(json.load(sys.stdin))
    for finding in map(enhance_finding, analyze_policy_string(json.dumps(document)).findings)
]
json.dump(findings, sys.stdout)
