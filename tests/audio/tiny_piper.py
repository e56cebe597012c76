"""A piper voice of a few kB: a real ONNX model that buzzes in syllables, as long as its phonemes ask for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

RATE = 22_050
SAMPLES_AN_ID = 640.0
SYLLABLE_IDS = 6.0
PITCH_HZ = 110.0


def tiny_voice(folder: Path, name: str = "nl_NL-tiny-low", *, pitch: float = PITCH_HZ, **changes: Any) -> Path:
    """Write a voice as piper publishes them, with other values in its description; the path of its .onnx file."""
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / f"{name}.onnx"
    onnx.save(_model(pitch), model)
    model.with_name(f"{model.name}.json").write_text(json.dumps({**_description(), **changes}), encoding="utf-8")
    return model


def _description() -> dict[str, Any]:
    return {
        "audio": {"sample_rate": RATE, "quality": "low"},
        "espeak": {"voice": "nl"},
        "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
        "num_symbols": 256,
        "num_speakers": 1,
        "speaker_id_map": {},
        "piper_version": "1.0.0",
        "language": {"code": "nl_NL", "family": "nl", "region": "NL"},
    }


def _model(pitch: float) -> onnx.ModelProto:
    """Time from the number of ids and the length scale; eight harmonics, loud and soft with every syllable."""
    numbers = {
        "zero": 0.0,
        "one": 1.0,
        "step": SAMPLES_AN_ID,
        "syllable": 3.14159265 / SAMPLES_AN_ID / SYLLABLE_IDS,
        "radians": 6.2831853 * pitch / RATE,
        "soft": 0.2,
    }
    constants = [helper.make_tensor(key, TensorProto.FLOAT, [], [value]) for key, value in numbers.items()]
    harmonics = [float(one) for one in range(1, 9)]
    constants += [
        helper.make_tensor("harmonics", TensorProto.FLOAT, [8, 1], harmonics),
        helper.make_tensor("strengths", TensorProto.FLOAT, [1, 8], [0.5 / one for one in harmonics]),
        helper.make_tensor("length_scale_place", TensorProto.INT64, [], [1]),
        helper.make_tensor("row", TensorProto.INT64, [2], [1, -1]),
        helper.make_tensor("as_vits", TensorProto.INT64, [4], [1, 1, 1, -1]),
    ]
    steps = [
        ("Gather", ["scales", "length_scale_place"], "length_scale"),
        ("Mul", ["ids_real", "step"], "samples"),
        ("Mul", ["samples", "length_scale"], "end"),
        ("Range", ["zero", "end", "one"], "time"),
        ("Mul", ["time", "syllable"], "syllable_phase"),
        ("Div", ["syllable_phase", "length_scale"], "scaled_phase"),
        ("Sin", ["scaled_phase"], "swing"),
        ("Mul", ["swing", "swing"], "loud"),
        ("Add", ["loud", "soft"], "envelope"),
        ("Mul", ["time", "radians"], "phase"),
        ("Reshape", ["phase", "row"], "phase_row"),
        ("MatMul", ["harmonics", "phase_row"], "phases"),
        ("Sin", ["phases"], "tones"),
        ("MatMul", ["strengths", "tones"], "buzz"),
        ("Mul", ["buzz", "envelope"], "speech"),
        ("Reshape", ["speech", "as_vits"], "output"),
    ]
    nodes = [
        helper.make_node("Size", ["input"], ["ids"]),
        helper.make_node("Cast", ["ids"], ["ids_real"], to=TensorProto.FLOAT),
        *(helper.make_node(kind, inputs, [output]) for kind, inputs, output in steps),
    ]
    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, [1, "ids"]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, 1, "samples"])
    graph = helper.make_graph(nodes, "tiny", inputs, [output], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model
