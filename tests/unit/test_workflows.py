"""What the schemas of the workflows do not see; and each of their command lines is the README's or is run here."""

import json
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.pipeline_bed import ON_GITHUB, ROOT, Bed

WORKFLOWS = {path.stem: yaml.safe_load(path.read_text()) for path in (ROOT / ".github" / "workflows").glob("*.yml")}
AZURE: dict[str, Any] = yaml.safe_load((ROOT / "azure-pipelines.yml").read_text())
# Azure DevOps leaves these stages out before it looks for what they name.
ONLY_WITH_A_STACK = "${{ if parameters.hasStack }}"
WITHOUT_A_STACK: list[dict[str, Any]] = [stage for stage in AZURE["stages"] if "stage" in stage]
WITH_A_STACK: list[dict[str, Any]] = [
    stage for part in AZURE["stages"] if ONLY_WITH_A_STACK in part for stage in part[ONLY_WITH_A_STACK]
]
STAGES = {stage["stage"]: stage for stage in [*WITHOUT_A_STACK, *WITH_A_STACK]}
ACTIONS = ("actions/checkout", "actions/setup-python", "azure/login", "pulumi/actions")
# YAML reads the key `on` as true.
ON = True
SCALES = ("none", "read", "write")
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
# Texts that a stranger chooses. Numbers, and what GitHub makes, are not among them.
HARMLESS = re.compile(
    r"vars\.\w+|secrets\.\w+|matrix\.\w+|github\.(token|repository|workflow_ref|event_name|event\.pull_request\.number)"
    r"|!cancelled\(\)|github\.event_name == '\w+'"
    # The stacks of the repository's variables, and the environment of each.
    r"|fromJSON\(vars\.PULUMI_STACKS \|\| format\('\[\"\{0\}\"\]', vars\.PULUMI_STACK\)\)"
    r"|vars\.PULUMI_STACKS && format\('(\w+)-\{0\}', matrix\.stack\) \|\| '\w+'"
)
Step = dict[str, Any]
JOBS = {f"{name}/{job}": content for name, workflow in WORKFLOWS.items() for job, content in workflow["jobs"].items()}


def azure_jobs() -> Iterator[tuple[str, list[Step]]]:
    for name, stage in STAGES.items():
        for job in stage["jobs"]:
            steps = job["steps"] if "steps" in job else job["strategy"]["runOnce"]["deploy"]["steps"]
            yield f"azure/{name}", steps


def environment_of(job: str) -> str:
    """The environment of a job for one stack; for several, each has one with the stack's name behind a hyphen."""
    text = JOBS[job].get("environment", "")
    several, one = re.fullmatch(
        r"\$\{\{ vars\.PULUMI_STACKS && format\('(\w+)-\{0\}', matrix\.stack\) \|\| '(\w+)' \}\}|", text
    ).groups()
    assert several == one
    return one or ""


def line_of(step: Step) -> str | None:
    """The command line of a step of either service."""
    line = step.get("run") or step.get("script") or step.get("inputs", {}).get("inlineScript")
    return None if line is None else str(line).strip()


STEPS: dict[str, list[Step]] = {**{name: job["steps"] for name, job in JOBS.items()}, **dict(azure_jobs())}
LINES = sorted({line for step in chain(*STEPS.values()) if (line := line_of(step))})
OF_THE_READMES = [line for line in LINES if line.startswith("make ")]


def texts(value: Any) -> Iterator[str]:
    """Every text in a part of a workflow, its keys left out."""
    if isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
    else:
        yield str(value)


def test_the_workflows_are_the_four_of_the_readme() -> None:
    assert set(WORKFLOWS) == {"test", "preview", "deploy", "drift"}


@pytest.mark.parametrize("job", JOBS)
def test_each_action_is_a_known_one_and_pinned_to_a_commit_with_its_version(job: str) -> None:
    text = (ROOT / ".github" / "workflows" / f"{job.partition('/')[0]}.yml").read_text()
    used = [step["uses"] for step in JOBS[job]["steps"] if "uses" in step]
    assert used
    for action in used:
        assert re.fullmatch(rf"({'|'.join(ACTIONS)})@[0-9a-f]{{40}}", action)
        assert re.search(rf"uses: {re.escape(action)} # v\d+\.\d+\.\d+$", text, re.MULTILINE)


def test_every_workflow_uses_the_same_commit_of_an_action() -> None:
    used = {step["uses"] for job in JOBS.values() for step in job["steps"] if "uses" in step}
    assert sorted(action.partition("@")[0] for action in used) == sorted(ACTIONS)


@pytest.mark.parametrize("line", LINES)
def test_no_command_line_has_an_expression_or_more_than_one_command(line: str) -> None:
    assert "${{" not in line
    assert "$(" not in line
    assert not re.search(r"[\n;&|`<>]", line)


@pytest.mark.parametrize("job", [job for job, steps in STEPS.items() if re.search(r"secrets\.|AzureCLI@", str(steps))])
def test_what_signs_in_runs_on_the_locked_versions_with_their_hashes_and_without_the_tools_of_lint(job: str) -> None:
    # test_setup.py has what set-up installs.
    assert [line for step in STEPS[job] if (line := line_of(step) or "").startswith("make ")] == ["make setup"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_expression_has_a_text_that_a_stranger_chooses(name: str) -> None:
    found = [expression.strip() for text in texts(WORKFLOWS[name]) for expression in EXPRESSION.findall(text)]
    assert [expression for expression in found if not HARMLESS.fullmatch(expression)] == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_workflow_runs_with_rights_of_its_own_on_what_a_stranger_sent(name: str) -> None:
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(WORKFLOWS[name][ON])


@pytest.mark.parametrize("job", JOBS)
def test_each_job_has_the_least_permissions_a_limit_of_time_and_no_credentials_left_by_the_checkout(job: str) -> None:
    expected = {
        "preview/stack": {"contents": "read", "id-token": "write", "pull-requests": "write"},
        "deploy/preview": {"contents": "read", "id-token": "write"},
        "deploy/deploy": {"contents": "read", "id-token": "write"},
        "drift/drift": {"contents": "read", "id-token": "write", "issues": "write"},
    }
    assert WORKFLOWS[job.partition("/")[0]]["permissions"] == {}
    assert JOBS[job]["permissions"] == expected.get(job, {"contents": "read"})
    assert JOBS[job]["timeout-minutes"]
    checkout = next(step for step in JOBS[job]["steps"] if step.get("uses", "").startswith("actions/checkout@"))
    assert checkout["with"] == {"persist-credentials": False}


@pytest.mark.parametrize("job", JOBS)
def test_secrets_are_given_to_the_one_step_that_needs_them_in_an_environment_only(job: str) -> None:
    """A job of an environment gets its secrets; other jobs, and those of forks, ask for none."""
    named = {name for text in texts(JOBS[job]) for name in re.findall(r"secrets\.(\w+)", text)}
    pulumis = {"PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE"}
    adobes = {"ADOBE_CLIENT_ID", "ADOBE_CLIENT_SECRET"}
    expected = {
        ("preview/stack", "preview"): pulumis,
        ("deploy/preview", "preview"): pulumis,
        ("deploy/deploy", "production"): pulumis | adobes,
        ("drift/drift", "drift"): pulumis | adobes,
    }
    assert named == expected.get((job, environment_of(job)), set())
    assert "secrets." not in str({name: part for name, part in JOBS[job].items() if name != "steps"})
    for step in JOBS[job]["steps"]:
        if "secrets." in str(step):
            signs_in = "pulumi/actions@" in step.get("uses", "") or re.search(r"pipelines (drift|run) ", step["run"])
            assert signs_in
            assert "secrets." not in str(step.get("with"))


def test_a_pull_request_of_a_fork_or_of_dependabot_gets_the_simulated_preview_and_every_other_the_real_one() -> None:
    real, simulated = (re.sub(r"\s+", " ", JOBS[f"preview/{name}"]["if"]) for name in ("stack", "simulated"))
    opposite = {"!=": "==", "==": "!=", "&&": "||", "||": "&&"}
    assert simulated == re.sub(r"!=|==|&&|\|\|", lambda found: opposite[found[0]], real)
    assert "github.event.pull_request.head.repo.full_name == github.repository" in real


@pytest.mark.parametrize("job", ["preview/stack", "deploy/preview", "deploy/deploy", "drift/drift"])
def test_each_organisation_has_a_job_of_its_own_and_none_stops_the_others(job: str) -> None:
    assert JOBS[job]["strategy"] == {
        "fail-fast": False,
        "matrix": {"stack": "${{ fromJSON(vars.PULUMI_STACKS || format('[\"{0}\"]', vars.PULUMI_STACK)) }}"},
    }
    assert environment_of(job)
    for step in JOBS[job]["steps"]:
        if "$PULUMI_STACK" in str(step):
            assert JOBS[job]["env"] == {"PULUMI_STACK": "${{ matrix.stack }}"}
        if "stack-name" in str(step):
            assert step["with"]["stack-name"] == "${{ matrix.stack }}"
    assert re.search(
        r"vars\.PULUMI_STACKS != ''",
        JOBS[job].get("if", "") + JOBS.get(f"{job.partition('/')[0]}/preview", {}).get("if", ""),
    )


def test_two_deployments_never_run_at_once_and_none_is_cancelled() -> None:
    for name in ("deploy", "drift"):
        assert WORKFLOWS[name]["concurrency"] == {"group": name, "cancel-in-progress": False}
    assert AZURE["trigger"]["batch"] == "true"
    assert AZURE["lockBehavior"] == "sequential"


def test_a_deployment_waits_for_the_preview_and_for_an_approval() -> None:
    assert JOBS["deploy/deploy"]["needs"] == "preview"
    assert environment_of("deploy/deploy") == "production"
    assert set(WORKFLOWS["deploy"][ON]) == {"push", "workflow_dispatch"}
    assert WORKFLOWS["deploy"][ON]["push"]["branches"] == ["main"]
    stage = STAGES["deploy"]
    assert stage["dependsOn"] == ["test", "preview"]
    assert stage["condition"] == "and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))"
    assert stage["jobs"][0]["environment"] == "adobe-cmk-production"


def test_preview_and_drift_sign_in_as_the_identity_that_can_only_read() -> None:
    connections = {
        name: step["inputs"]["azureSubscription"]
        for name, steps in azure_jobs()
        for step in steps
        if step.get("task", "").startswith("AzureCLI@")
    }
    assert connections == {
        "azure/preview": "adobe-cmk-read",
        "azure/drift": "adobe-cmk-read",
        "azure/deploy": "adobe-cmk-deploy",
    }


def test_a_push_that_changes_only_documents_asks_nobody_for_an_approval() -> None:
    assert WORKFLOWS["deploy"][ON]["push"]["paths-ignore"] == ["**.md", "docs/**"]
    assert AZURE["trigger"]["paths"] == {"exclude": ["*.md", "**/*.md", "docs"]}
    # What a deployment runs is no document.
    assert not [file for folder in ("components", "operations") for file in (ROOT / folder).rglob("*.md")]


def test_a_repository_without_a_stack_runs_the_tests_and_the_simulated_preview() -> None:
    for job, content in JOBS.items():
        condition = re.sub(r"\s+", " ", content.get("if", ""))
        needs_a_stack = job in ("preview/stack", "deploy/preview", "drift/drift")
        assert bool(re.match(r"\(?vars\.PULUMI_STACK != '' \|\| vars\.PULUMI_STACKS != ''", condition)) == needs_a_stack
    (parameter,) = AZURE["parameters"]
    assert (parameter["name"], parameter["default"]) == ("hasStack", "false")
    assert [stage["stage"] for stage in WITHOUT_A_STACK] == ["test", "simulated"]
    assert [stage["stage"] for stage in WITH_A_STACK] == ["preview", "deploy", "drift"]
    # What Azure DevOps looks for before it runs anything.
    assert not re.search(r"adobe-cmk|azureSubscription|'group'|'environment'", str(WITHOUT_A_STACK))
    assert "eq('${{ parameters.hasStack }}', 'False')" in STAGES["simulated"]["condition"]


@pytest.mark.parametrize(("job", "shown"), [("preview/stack", "comment-on-pr"), ("deploy/preview", "comment-on-summary")])
def test_a_preview_runs_with_the_policies_and_shows_no_values(job: str, shown: str) -> None:
    (preview,) = (step["with"] for step in JOBS[job]["steps"] if step.get("uses", "").startswith("pulumi/actions@"))
    assert (preview["command"], preview["policyPacks"], preview["policyPackConfigs"]) == (
        "preview", "policy", "policies.json",
    )  # fmt: skip
    assert preview["suppress-outputs"] is True
    assert "diff" not in preview
    assert preview[shown] is True


@pytest.mark.parametrize("job", ["deploy/deploy", "azure/deploy"])
def test_a_deployment_runs_with_the_policies(job: str) -> None:
    (line,) = (line for step in STEPS[job] if "pulumi up" in (line := line_of(step) or ""))
    assert line.endswith('--stack "$PULUMI_STACK" --policy-pack policy --policy-pack-config policies.json')
    assert json.loads((ROOT / "policies.json").read_text()) == {}


def test_the_tests_run_on_the_oldest_and_the_newest_python() -> None:
    pythons = JOBS["test/test"]["strategy"]["matrix"]["python"]
    (job,) = STAGES["test"]["jobs"]
    assert [one["python"] for one in job["strategy"]["matrix"].values()] == pythons == ["3.11", "3.13"]


@pytest.mark.parametrize("line", OF_THE_READMES)
def test_each_target_of_make_is_one_of_the_readme(line: str) -> None:
    (target,) = re.fullmatch(r"make ([\w-]+)", line).groups()
    assert re.search(rf"(`|^){line}\b", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("code", [0, 3])
@pytest.mark.parametrize("job", [job for job, steps in STEPS.items() if ".venv/bin/python" in str(steps)])
@pytest.mark.sampled(cases=6)
def test_the_command_lines_of_each_job_run_in_their_order_and_end_with_the_verdict(
    job: str, code: int, tmp_path: Path
) -> None:
    bed = Bed(tmp_path)
    ends = []
    for step in STEPS[job]:
        line = line_of(step)
        if line and line not in OF_THE_READMES:
            given = {
                **variables(WORKFLOWS.get(job.partition("/")[0], {})),
                **variables(JOBS.get(job, {})),
                **variables(step),
            }
            on_azure = {"TF_BUILD": "True", "PULUMI_STACK": "prod"} if job.startswith("azure/") else ON_GITHUB_RUNNER
            told = {"PULUMI_ENDS": str(code), "DRIFT_ENDS": str(code), "DRIFT_SAYS": "drift" if code else ""}
            # Signing in is tested for itself.
            ends.append(bed.run(line, **{**on_azure, **given, **told, "ARM_USE_OIDC": "false"}))
    assert [end.stderr for end in ends] == [""] * len(ends)
    verdict, *others = (end.returncode for end in ends)
    assert verdict == code
    calls = [arguments for name in ("pulumi", "drift") for arguments, _ in bed.calls(name)]
    assert all(("dev" if "simulated" in job else "prod") in arguments for arguments in calls)
    if job == "drift/drift":
        assert others == [0]
        assert [issue["state"] for issue in bed.github()["issues"]] == ["open"] * bool(code)


@pytest.mark.parametrize("job", ["preview/stack", "azure/preview"])
def test_a_preview_does_not_get_adobes_credentials(job: str) -> None:
    assert "ADOBE" not in str(STEPS[job])
    assert "adobe-cmk-adobe" not in str(STAGES["preview"])


ON_GITHUB_RUNNER = {name: value for name, value in ON_GITHUB.items() if name.startswith("GITHUB_")}


def variables(part: Step) -> dict[str, str]:
    """The environment of a step or job, as the service fills it in."""
    filled = {"matrix.stack": "prod", "github.repository": "contoso/keys"}
    return {
        name: EXPRESSION.sub(lambda found: filled.get(found[1].strip(), "value-of-" + found[1].strip()), str(value))
        for name, value in part.get("env", {}).items()
    }
