"""What the schemas of the workflows do not see; and each of their command lines is the README's or is run here."""

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
    for stage in AZURE["stages"]:
        for job in stage["jobs"]:
            steps = job["steps"] if "steps" in job else job["strategy"]["runOnce"]["deploy"]["steps"]
            yield f"azure/{stage['stage']}", steps


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
OF_THE_PIPELINES = [line for line in LINES if "operations.pipelines" in line]


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
def test_each_action_is_githubs_own_and_pinned_to_a_commit_with_its_version(job: str) -> None:
    text = (ROOT / ".github" / "workflows" / f"{job.partition('/')[0]}.yml").read_text()
    used = [step["uses"] for step in JOBS[job]["steps"] if "uses" in step]
    assert used
    for action in used:
        assert re.fullmatch(r"actions/(checkout|setup-python)@[0-9a-f]{40}", action)
        assert re.search(rf"uses: {re.escape(action)} # v\d+\.\d+\.\d+$", text, re.MULTILINE)


def test_every_workflow_uses_the_same_commit_of_an_action() -> None:
    used = {step["uses"] for job in JOBS.values() for step in job["steps"] if "uses" in step}
    assert len(used) == len({action.partition("@")[0] for action in used})


@pytest.mark.parametrize("line", LINES)
def test_no_command_line_has_an_expression_or_more_than_one_command(line: str) -> None:
    assert "${{" not in line
    assert "$(" not in line
    assert not re.search(r"[\n;&|`]", line)


@pytest.mark.parametrize("job", [job for job, steps in STEPS.items() if re.search(r"secrets\.|AzureCLI@", str(steps))])
def test_what_signs_in_runs_on_the_locked_versions_with_their_hashes(job: str) -> None:
    assert [line for step in STEPS[job] if (line := line_of(step) or "").startswith("make ")] == ["make develop"]


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
            assert re.search(r"pipelines (preview|drift|deploy) ", step["run"])


def test_a_pull_request_of_a_fork_or_of_dependabot_gets_the_simulated_preview_and_every_other_the_real_one() -> None:
    real, simulated = (re.sub(r"\s+", " ", JOBS[f"preview/{name}"]["if"]) for name in ("stack", "simulated"))
    opposite = {"!=": "==", "==": "!=", "&&": "||", "||": "&&"}
    assert simulated == re.sub(r"!=|==|&&|\|\|", lambda found: opposite[found[0]], real)
    assert "github.event.pull_request.head.repo.full_name == github.repository" in real


@pytest.mark.parametrize("job", [job for job in JOBS if "$PULUMI_STACK" in str(JOBS[job]["steps"])])
def test_each_organisation_has_a_job_of_its_own_and_none_stops_the_others(job: str) -> None:
    assert JOBS[job]["strategy"] == {
        "fail-fast": False,
        "matrix": {"stack": "${{ fromJSON(vars.PULUMI_STACKS || format('[\"{0}\"]', vars.PULUMI_STACK)) }}"},
    }
    assert JOBS[job]["env"] == {"PULUMI_STACK": "${{ matrix.stack }}"}
    assert environment_of(job)
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
    assert WORKFLOWS["deploy"][ON] == {"push": {"branches": ["main"]}, "workflow_dispatch": None}
    (stage,) = (stage for stage in AZURE["stages"] if stage["stage"] == "deploy")
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


@pytest.mark.parametrize("line", [line for line in LINES if line not in OF_THE_PIPELINES])
def test_each_other_command_line_is_one_of_the_readme(line: str) -> None:
    (target,) = re.fullmatch(r"make ([\w-]+)", line).groups()
    assert re.search(rf"(`|^){line}\b", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("code", [0, 3])
@pytest.mark.parametrize(
    "job", [job for job, steps in STEPS.items() if any("pipelines" in (line_of(s) or "") for s in steps)]
)
@pytest.mark.sampled(cases=6)
def test_the_command_lines_of_each_job_run_in_their_order_and_end_with_the_verdict(
    job: str, code: int, tmp_path: Path
) -> None:
    bed = Bed(tmp_path)
    ends = []
    for step in STEPS[job]:
        line = line_of(step)
        if line in OF_THE_PIPELINES:
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
    assert [end.returncode for end in ends] == {
        1: [code],
        2: [0, code],
        3: [0, code, code],
    }[len(ends)]
    stacks = {argument for name in ("pulumi", "drift") for arguments, _ in bed.calls(name) for argument in arguments}
    assert ("dev" if "simulated" in job else "prod") in stacks
    if job == "preview/stack":
        assert "Preview of `prod`" in bed.github()["comments"][0]["body"]
    if job == "drift/drift":
        assert [issue["state"] for issue in bed.github()["issues"]] == ["open"] * bool(code)


@pytest.mark.parametrize("job", ["preview/stack", "azure/preview"])
def test_a_preview_does_not_get_adobes_credentials(job: str) -> None:
    assert "ADOBE" not in str(STEPS[job])
    stages = {f"azure/{stage['stage']}": stage for stage in AZURE["stages"]}
    assert "adobe-cmk-adobe" not in str(stages.get(job))


ON_GITHUB_RUNNER = {name: value for name, value in ON_GITHUB.items() if name.startswith("GITHUB_")}


def variables(part: Step) -> dict[str, str]:
    """The environment of a step or job, as the service fills it in."""
    filled = {"matrix.stack": "prod", "github.event.pull_request.number": "7", "github.repository": "contoso/keys"}
    return {
        name: EXPRESSION.sub(lambda found: filled.get(found[1].strip(), "value-of-" + found[1].strip()), str(value))
        for name, value in part.get("env", {}).items()
    }
