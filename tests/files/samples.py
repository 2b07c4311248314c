"""Runs and findings for the tests of files: of the right shapes, untrained."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from bilstm_core import figures
from bilstm_core.files.findings import Drawing, Findings, Table
from bilstm_core.network.initial_weights import initial_weights
from bilstm_core.runs import N_PROBES, Run, Snapshots, Timing
from bilstm_core.specs import ModelSpec, ProblemSpec, RunSpec, TrainingSpec

SPEC = RunSpec(problem=ProblemSpec(timesteps=4), model=ModelSpec(units=3), training=TrainingSpec(epochs=5)).canonical()


def untrained(spec: RunSpec = SPEC) -> Run:
    spec = spec.canonical()
    epoch = np.arange(1, spec.training.epochs + 1)
    shape = (2, N_PROBES, spec.problem.timesteps, spec.problem.problem.outputs)
    return Run(
        spec=spec,
        steps_done=spec.training.steps,
        history=pd.DataFrame(
            {"epoch": epoch, "sequences_seen": epoch, "loss": 1 / epoch, "accuracy": np.full(len(epoch), 0.5)}
        ),
        steps=pd.DataFrame({"step": epoch, "sequences_seen": epoch, "loss": (1 / epoch).astype(np.float32)}),
        snapshots=Snapshots(np.array([0, 5]), np.array([0, 5]), np.full(shape, 0.5, np.float16)),
        weights=initial_weights(spec.problem, spec.model, spec.training.seed),
        optimizer_state={"momentum": np.zeros(3), "velocity": np.zeros(3), "unfinished_epoch": np.zeros(3)},
        timing=Timing(0.1, 2.0, 1),
        versions={"keras": "3.15.1", "tensorflow": "2.21.0"},
    )


def seeds(count: int) -> list[Run]:
    return [untrained(replace(SPEC, training=replace(SPEC.training, seed=seed))) for seed in range(count)]


def curve(label: str = "bidirectional") -> go.Figure:
    frame = pd.DataFrame({"label": label, "seed": 0, "sequences_seen": [1, 2], "updates": [1, 2], "loss": [0.7, 0.6]})
    return figures.loss_curves(frame.assign(mean=frame["loss"]), {label: figures.style("bidirectional")}, replay=True)


def findings(label: str = "bidirectional") -> Findings:
    table = pd.DataFrame({"label": [label], "loss": [0.123456789], "starts": [3]})
    return Findings(
        title="Directions",
        question="Does direction matter?",
        sentences=[f"**{label}** is lower."],
        drawings=[Drawing("Loss", curve(label), "Nats per label.")],
        tables=[Table("Results", table, {"loss": "loss, nats"}, {"loss": ".4f"}), Table("Curves", table, report=False)],
        specs={label: SPEC, "forward": replace(SPEC, model=ModelSpec(units=3, direction="forward"))},
        starts=3,
        versions={"keras": "3.15.1"},
        link="http://127.0.0.1:8501/directions?epochs=5",
        script="from bilstm_core.training import train\n",
        notebook='{"cells": []}',
    )


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(contents: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return buffer.getvalue()
