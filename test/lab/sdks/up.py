"""
Deploys the program beside it with the Automation API, and previews it: no module of Pulumi's language host for Python
is served, and this API hosts a program itself. The working directory holds Pulumi.yaml.
"""

import os
import pathlib
import runpy

from pulumi import automation


def program() -> None:
    runpy.run_path(str(pathlib.Path(__file__).with_name("program.py")))


stack = automation.create_stack(
    "lab",
    project_name="python",
    program=program,
    opts=automation.LocalWorkspaceOptions(work_dir=os.getcwd()),
)
stack.up(on_output=print)
stack.preview(refresh=True, expect_no_changes=True, on_output=print)
