# packaging: versions, specifiers, requirements, markers, tags.
from packaging.version import Version, parse, InvalidVersion
from packaging.specifiers import SpecifierSet, InvalidSpecifier
from packaging.requirements import Requirement, InvalidRequirement
from packaging.markers import Marker, InvalidMarker, default_environment
from packaging.utils import canonicalize_name, canonicalize_version, parse_wheel_filename, parse_sdist_filename
from packaging.tags import Tag, parse_tag
vs = ["1.0", "1.0.0", "1!0.1", "1.0a1", "1.0b2.post3.dev4", "1.0rc1", "1.0.post1", "1.0.dev1", "2024.1.2", "1.0+local.1", "v1.2.3-alpha", "1.10", "1.9"]
print([str(v) for v in sorted(map(Version, vs))]); v = Version("1!2.3a4.post5.dev6+u.7"); print(v.epoch, v.release, v.pre, v.post, v.dev, v.local, v.public, v.base_version, v.is_prerelease, v.is_postrelease, v.is_devrelease, v.major, repr(v), hash(Version("1.0")) == hash(Version("1.0.0")), Version("1.0") == Version("1"))
for s, tests in ((">=1.0,<2.0", ["0.9", "1.0", "1.5", "2.0", "1.5a1"]), ("~=1.4.2", ["1.4.1", "1.4.9", "1.5"]), ("==1.*", ["1.9", "2.0"]), ("!=1.5", ["1.5", "1.6"]), ("===1.0", ["1.0", "1.0.0"]), (">1.0", ["1.0.post1", "1.1"]), ("", ["1", "2a1"])):
    ss = SpecifierSet(s); print(str(ss), [t in ss for t in tests], list(ss.filter(tests)), ss.contains("1.5a1", prereleases=True))
r = Requirement('requests[security, socks] >=2.8.1, ==2.8.* ; python_version < "2.7" and extra == "x"'); print(r.name, sorted(r.extras), r.specifier, r.marker, str(r), Requirement("a @ https://x.y/z.zip ; os_name == 'nt'").url)
for m, env in (("python_version >= '3.8'", {"python_version": "3.14"}), ("os_name == 'posix' or sys_platform == 'win32'", {"os_name": "nt", "sys_platform": "linux"}), ("'x' in extra", {"extra": "xyz"}), ("(python_full_version < '3.10' and platform_machine != 'arm') or implementation_name == 'q'", {"python_full_version": "3.9.1", "platform_machine": "x86", "implementation_name": "z"})): print(Marker(m), Marker(m).evaluate(env))
for f, a in ((Version, "not.a.version"), (SpecifierSet, "=>1"), (Requirement, "bad req here"), (Requirement, "a[b"), (Requirement, "a >= "), (Marker, "python_version"), (Marker, "a == 'b'"), (parse_wheel_filename, "x.whl")):
    try: print(f(a))
    except Exception as e: print(type(e).__name__, str(e).split("\n")[0])
print(canonicalize_name("Foo._Bar--baz"), canonicalize_version("1.0.0"), parse_wheel_filename("foo_bar-1.0-2-py3-none-any.whl")[:3], parse_sdist_filename("foo-1.0.tar.gz"), sorted(map(str, parse_tag("py2.py3-none-any"))), Tag("cp314", "cp314", "linux") == Tag("cp314", "cp314", "linux"), sorted(default_environment()))
