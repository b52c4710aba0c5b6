"""Importing a toolkit: what is read, what is said to be missing, what is refused."""

from __future__ import annotations

import json
import os
import shutil
import stat

import pytest

from opdb.errors import CorruptDatabaseError, UnknownNameError
from opdb.importers.toolkit import import_toolkit
from opdb.lint import lint_local
from opdb.record import Engine
from opdb.store import Store
from opdb.target import load_registry

CONFIG = "opp/built-in/op_impl/ai_core/tbe/config"
RELU = {
    "input0": {"name": "x", "dtype": "float16,float", "format": "ND,ND", "paramType": "required"},
    "output0": {"name": "y", "dtype": "float16,float", "paramType": "required"},
    "dynamicShapeSupport": {"flag": "true"},
}
CPU_RELU = {
    "opInfo": {"opKernelLib": "AICPUKernel", "opsFlag": "OPS_FLAG_OPEN"},
    "input0": {"name": "x", "type": "DT_INT32,DT_DOUBLE"},
    "output0": {"name": "y", "type": "DT_INT32,DT_DOUBLE"},
}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("OMLINT_DATA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def _opened(text):
    store = Store()
    return store.open(store.target(text))


@pytest.fixture
def toolkit(tmp_path):
    """A small installed toolkit with a vendor's custom op."""
    root = tmp_path / "toolkit"

    def put(name, content):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))

    put(f"{CONFIG}/ascend310p/aic-ascend310p-ops-info.json", {"Relu": RELU, "Tanh": RELU})
    put(f"{CONFIG}/newchip/aic-newchip-ops-info.json", {"Relu": RELU})
    put("opp/built-in/op_impl/aicpu/aicpu_kernel/config/aicpu_kernel.json", {"Relu": CPU_RELU})
    put("opp/built-in/framework/tensorflow/npu_supported_ops.json", {"Relu": {}, "Tanh": {}})
    put("opp/version.info", "Version=7.7.0\nversion_dir=8.1.RC1\n")
    custom = "opp/vendors/acme"
    put(f"{custom}/framework/tensorflow/npu_supported_ops.json", {"AcmeGelu": {"isGray": False}})
    entry = {**RELU, "dynamicShapeSupport": {"flag": "false"}}
    listed = {"AcmeGelu": entry, "Tanh": entry}
    put(
        f"{custom}/op_impl/ai_core/tbe/config/ascend310p/aic-ascend310p-ops-info.json",
        listed,
    )
    put("x86_64-linux/data/platform_config/Ascend310P3.ini", "Short_SoC_version=Ascend310P\n")
    put("x86_64-linux/data/platform_config/Ascend310P9.ini", "Short_SoC_version=Ascend310P\n")
    return root


def test_the_users_install_beats_our_tables(toolkit):
    found = import_toolkit(toolkit)
    assert (found.database.version, found.database.exact, found.database.base) == (
        "8.1.RC1",
        True,
        "8.1.RC1",
    )
    assert found.vendors == ("acme",)
    assert found.database.socs == ("Ascend310P3", "Ascend310P9", "newchip")
    database = _opened("atc@local/Ascend310P9")
    assert database.answered_from == ("atc@local", "atc@8.1.RC1")
    assert database.aicore_ops() == ("AcmeGelu", "Relu", "Tanh")
    relu, tanh = database.aicore("Relu"), database.aicore("Tanh")
    assert relu is not None
    assert tanh is not None
    assert relu.evidence == ("local/aicore/ascend310p",)
    assert relu.inputs[0].dtypes == ("float16", "float32")
    assert (relu.dynamic_shape, tanh.dynamic_shape) == (True, False)
    assert tanh.evidence == ("local/acme/aicore/ascend310p",)
    assert database.source("local/acme/aicore/ascend310p").where.startswith("opp/vendors/acme/")
    (cpu,) = database.cpu("Relu")
    assert (cpu.engine, cpu.evidence) == (Engine.AICPU, ("local/cpu/aicpu_kernel",))
    assert database.cpu("Acos") == ()
    custom = database.parser("AcmeGelu")
    assert custom is not None
    assert (custom.ge_op, custom.origin, custom.inferred) == ("AcmeGelu", "same-name", True)
    matmul = database.parser("MatMul")
    assert matmul is not None
    assert matmul.ge_op == "MatMulV2"
    assert len(database.digest) == 64
    assert lint_local("local", Store().find).faults == ()


def test_what_is_missing_is_said(toolkit):
    missing = import_toolkit(toolkit).database.missing
    assert any("host_cpu_kernel" in what for what in missing)
    assert any("tf_kernel" in what for what in missing)
    assert any("ir2tf" in what for what in missing)
    assert not any("platform" in what for what in missing)
    shutil.rmtree(toolkit / "x86_64-linux")
    shutil.rmtree(toolkit / "opp/built-in/op_impl/ai_core")
    shutil.rmtree(toolkit / "opp/vendors")
    found = import_toolkit(toolkit)
    assert found.replaced
    assert "AI Core operator lists" in found.database.missing
    database = _opened("atc@local/Ascend310P3")
    ours = _opened("atc@8.1.RC1/Ascend310P3")
    assert _plain(database.aicore("Conv2D")) == _plain(ours.aicore("Conv2D"))
    assert not database.cpu_complete


def test_a_toolkit_of_no_known_release_never_says_that_the_parser_lacks_an_op(toolkit):
    (toolkit / "opp/version.info").write_text("Version=12.0\nversion_dir=99.9\n")
    found = import_toolkit(toolkit)
    assert (found.database.version, found.database.exact) == ("99.9", False)
    database = _opened("atc@local/Ascend310P3")
    assert database.complete
    assert not database.parser_complete


def test_what_another_release_says_is_inferred(toolkit):
    import_toolkit(toolkit, name="same")
    import_toolkit(toolkit, name="other", version="99.9")
    same, other = (_opened(f"atc@{name}/Ascend310P3") for name in ("same", "other"))
    assert (same.parser("Relu").inferred, other.parser("Relu").inferred) == (False, True)


def test_a_list_of_custom_ops_alone_is_no_whole_list(toolkit):
    """The toolkit's own list of the chip is not there: the release answers for it."""
    (toolkit / CONFIG / "ascend310p/aic-ascend310p-ops-info.json").unlink()
    vendor = toolkit / "opp/vendors/acme/op_impl/ai_core/tbe/config/otherchip"
    vendor.mkdir()
    (vendor / "aic-otherchip-ops-info.json").write_text(json.dumps({"AcmeGelu": RELU}))
    found = import_toolkit(toolkit)
    assert "the AI Core list of ascend310p" in found.database.missing
    known = _opened("atc@local/Ascend310P3")
    assert known.aicore("AcmeGelu").evidence == ("local/acme/aicore/ascend310p",)
    assert known.aicore("Conv2D").evidence == ("atc-8.1.RC1/aicore/ascend310p",)
    assert known.complete
    new = _opened("atc@local/otherchip")
    assert new.aicore("AcmeGelu") is not None
    assert not new.complete
    assert _opened("atc@local/newchip").complete
    shutil.rmtree(toolkit / CONFIG)  # custom ops and nothing else: all chips of the release
    import_toolkit(toolkit)
    assert _opened("atc@local/Ascend310P3").aicore("Conv2D") is not None


def test_short_names_of_an_import_are_those_of_its_chips(toolkit):
    import_toolkit(toolkit)
    family = _opened("atc@local/Ascend310P")
    assert (family.folder, str(family.target)) == ("ascend310p", "atc@local/Ascend310P")
    with pytest.raises(UnknownNameError, match="names no SoC"):
        Store().target("atc@local")
    chips = toolkit / "x86_64-linux/data/platform_config"
    (chips / "Ascend910B1.ini").write_text("Short_SoC_version=Ascend910B\n")
    (toolkit / CONFIG / "ascend910b").mkdir()
    (toolkit / CONFIG / "ascend910b/aic-ascend910b-ops-info.json").write_text(
        json.dumps({"Relu": RELU})
    )
    import_toolkit(toolkit)
    with pytest.raises(UnknownNameError, match="has no SoC 'Ascend910B'"):
        Store().target("atc@local/Ascend910B")  # a chip of its own, of another family


def test_targets_of_an_import_are_checked(toolkit):
    import_toolkit(toolkit)
    with pytest.raises(UnknownNameError, match="Ascend310P3"):
        Store().target("atc@local/Ascend310P33")
    with pytest.raises(UnknownNameError, match="unknown release"):
        Store().target("atc@other/Ascend310P3")
    assert [database.name for database in Store().imported()] == ["local"]
    Store().remove("local")
    assert Store().imported() == ()
    with pytest.raises(UnknownNameError, match="no imported database"):
        Store().remove("local")
    with pytest.raises(UnknownNameError, match="none was imported yet: omlint db import"):
        Store().target("atc@local/Ascend310P3")


def test_a_database_elsewhere_answers_when_it_is_named(toolkit, tmp_path):
    out = tmp_path / "elsewhere"
    import_toolkit(toolkit, name="mine", out=out)
    assert Store().imported() == ()
    store = Store().using(out)
    assert [database.name for database in store.imported()] == ["mine"]
    assert str(store.default()) == "atc@mine/Ascend310P3"
    assert str(store.target("newchip")) == "atc@mine/newchip"
    assert store.open(store.target("newchip")).aicore("Relu") is not None
    assert str(store.target("atc@5.0.4/Ascend310")) == "atc@5.0.4/Ascend310"
    with pytest.raises(UnknownNameError, match="no SoC"):
        store.target("Ascend310")
    assert str(Store().default()) == "atc@8.1.RC1/Ascend310"
    with pytest.raises(UnknownNameError, match="unknown release 'mine'"):
        Store().target("atc@mine/newchip")
    with pytest.raises(UnknownNameError, match="is no database"):
        Store().using(tmp_path / "nothing")


def test_what_is_used_goes_before_what_was_imported(toolkit, tmp_path):
    import_toolkit(toolkit, version="5.1.RC2")
    import_toolkit(toolkit, name="local", version="20.2", out=tmp_path / "other")
    named = Store().using(tmp_path / "other").find("local")
    assert named is not None
    assert (named.version, named.path) == ("20.2", tmp_path / "other")
    assert Store().find("local").version == "5.1.RC2"


def test_a_second_import_is_what_answers(toolkit):
    import_toolkit(toolkit)
    assert _opened("atc@local/Ascend310P3").aicore("Tanh") is not None
    listed = toolkit / CONFIG / "ascend310p/aic-ascend310p-ops-info.json"
    listed.write_text(json.dumps({"Relu": RELU}))
    vendors = toolkit / "opp/vendors"
    vendors.rename(toolkit / "vendors-before")
    import_toolkit(toolkit)
    assert _opened("atc@local/Ascend310P3").aicore("Tanh") is None


def damaged(path, how):
    if how == "json":
        path.write_text("{")
    elif how == "list":
        path.write_text("[1, 2]")
    elif how == "entry":
        path.write_text('{"Relu": 7}')
    elif how == "field":
        path.write_text('{"Relu": {"input0": {"name": ["x"]}}}')
    elif how == "empty":
        path.write_text("{}")
    elif how == "name":
        path.write_text(json.dumps({"Relu": RELU, "": RELU}))
    elif how == "link":
        path.unlink()
        path.symlink_to("nowhere.json")
    elif how == "deep":
        path.write_text("[" * 200_000)
    elif how == "bytes":
        path.write_bytes(b"\xff\xfe\x00{")


@pytest.mark.parametrize(
    "how", ["json", "list", "entry", "field", "empty", "name", "link", "deep", "bytes"]
)
@pytest.mark.parametrize(
    "name",
    [
        f"{CONFIG}/ascend310p/aic-ascend310p-ops-info.json",
        "opp/built-in/op_impl/aicpu/aicpu_kernel/config/aicpu_kernel.json",
    ],
)
def test_a_damaged_list_is_named_and_leaves_nothing_behind(toolkit, home, name, how):
    damaged(toolkit / name, how)
    with pytest.raises(CorruptDatabaseError) as caught:
        import_toolkit(toolkit)
    assert (toolkit / name).name in str(caught.value)
    assert caught.value.exit_code == 3
    assert not home.exists() or list(home.rglob("*.gz")) == []


def test_a_failed_import_keeps_the_database_that_was_there(toolkit, home):
    import_toolkit(toolkit)
    before = Store().find("local")
    (toolkit / CONFIG / "ascend310p/aic-ascend310p-ops-info.json").write_text("{")
    with pytest.raises(CorruptDatabaseError):
        import_toolkit(toolkit)
    assert Store().find("local") == before
    assert [path.name for path in (home / "databases").iterdir()] == ["local"]


def test_folders_that_are_no_toolkit(tmp_path, toolkit):
    (tmp_path / "empty").mkdir()
    for path, why in (
        (tmp_path / "empty", "no operator list"),
        (tmp_path / "gone", "does not exist"),
        (toolkit / "opp/version.info", "is a file"),
    ):
        with pytest.raises(UnknownNameError, match=why) as caught:
            import_toolkit(path)
        assert str(path) in str(caught.value)
        assert caught.value.exit_code == 2
    for name in ("8.1.RC1", "20.1.rc1", "8.1.RC1.alpha1", "../x", "", "a b"):
        with pytest.raises(UnknownNameError):
            import_toolkit(toolkit, name=name)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/file").write_text("")
    with pytest.raises(UnknownNameError, match="no database"):
        import_toolkit(toolkit, out=tmp_path / "taken")
    assert (tmp_path / "taken/file").exists()


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may write anywhere")
def test_a_data_folder_kept_write_permission(toolkit, home):
    home.mkdir()
    home.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(UnknownNameError, match="cannot write"):
        import_toolkit(toolkit)


def test_a_data_folder_that_cannot_be_made(toolkit, home):
    home.write_text("a file in the way")
    with pytest.raises(UnknownNameError, match="cannot write") as caught:
        import_toolkit(toolkit)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda raw: {**raw, "schema": 99}, "schema 99"),
        (lambda raw: {"schema": 1}, "damaged"),
        (lambda raw: {**raw, "chips": 3}, "damaged"),
        (lambda raw: [], "damaged"),
    ],
)
def test_a_manifest_that_is_newer_or_damaged(toolkit, home, damage, why):
    import_toolkit(toolkit)
    manifest = home / "databases/local/manifest.json"
    manifest.write_text(json.dumps(damage(json.loads(manifest.read_text()))))
    with pytest.raises(CorruptDatabaseError, match=why) as caught:
        Store().target("atc@local/Ascend310P3")
    assert "manifest.json" in str(caught.value)
    assert lint_local("local", Store().find).faults


@pytest.mark.parametrize("how", ["cut", "gone", "text"])
def test_a_damaged_list_of_an_import_is_no_answer(toolkit, home, how):
    import_toolkit(toolkit)
    path = home / "databases/local/ascend310p.tsv.gz"
    if how == "cut":
        path.write_bytes(path.read_bytes()[:40])
    elif how == "text":
        path.write_text("Relu")
    else:
        path.unlink()
    database = _opened("atc@local/Ascend310P3")
    with pytest.raises(CorruptDatabaseError, match="ascend310p"):
        database.aicore("Relu")
    assert lint_local("local", Store().find).faults


def answers(database, ops, kernels):
    return (
        [record and (record.ge_op, record.origin) for record in map(database.parser, ops)],
        [_plain(database.aicore(op)) for op in kernels],
        [tuple(map(_plain, database.cpu(op))) for op in kernels],
        [tuple(twin.ge_op for twin in database.twins(op)) for op in kernels],
    )


def _plain(kernel):
    if kernel is None:
        return None
    spec = (kernel.inputs, kernel.outputs, kernel.attrs, kernel.dynamic_shape, kernel.file)
    return (*spec, kernel.dynamic_format, kernel.op_pattern, kernel.need_check_support)


@pytest.mark.parametrize(
    ("folder", "version", "lists", "kept"),
    [
        ("cann-8.1.RC1", "8.1.RC1", CONFIG, ("ascend310", "ascend910b", "sd3403")),
        (
            "canndev-5.0.4",
            "5.0.4",
            "ops/built-in/tbe/op_info_cfg/ai_core",
            ("ascend310", "ascend710", "tsnsc"),
        ),
    ],
)
def test_an_imported_tree_answers_like_the_database_of_its_release(
    shared_dir, tmp_path, folder, version, lists, kept
):
    """Nothing differs but the evidence, which names the user's files."""
    tree = tmp_path / folder
    shutil.copytree(
        shared_dir / folder,
        tree,
        ignore=lambda at, names: set(names) - set(kept) if at.endswith(lists) else (),
    )
    found = import_toolkit(tree)
    assert (found.database.version, found.database.exact) == (version, True)
    chips = {}
    for soc in load_registry().socs("atc", version):
        if soc.folders[version] in kept and not soc.family:
            chips.setdefault(soc.folders[version], soc.name)
            assert soc.name in found.database.socs
    assert len(chips) == 3
    for name in chips.values():
        ours = _opened(f"atc@{version}/{name}")
        theirs = _opened(f"atc@local/{name}")
        assert theirs.ops() == ours.ops()
        assert theirs.aicore_ops() == ours.aicore_ops()
        assert theirs.cpu_complete == ours.cpu_complete
        kernels = ours.aicore_ops()
        assert answers(theirs, ours.ops(), kernels) == answers(ours, ours.ops(), kernels)
