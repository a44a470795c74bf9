//! Reports: whole, and the same for the same resource.

use clap::CommandFactory;
use resource_postgres::cli::Cli;
use resource_postgres::commands::contract::snapshot;
use resource_postgres::contract::finding::Judgment;
use resource_postgres::contract::report::Format;

use crate::contract::resource::{clean, judge, told, write};

fn broken() -> Judgment {
    let dir = clean();
    write(dir.path(), "lib/core.sh", "#!/usr/bin/env bash\nmain() { :; }\n", 0o644);
    write(dir.path(), "lib/test.sh", "if <&>\"\n", 0o644);
    let mut judgment = judge(dir.path());
    judgment.resource = "thing".to_owned();
    judgment.path = "resources/thing".to_owned();
    judgment.keep(|it| {
        ["deprecated_patterns.functions", "validation", "file_structure.optional.docs/.F"]
            .iter()
            .any(|wanted| it.starts_with(wanted))
    });
    judgment
}

#[test]
fn people_are_told_what_is_wrong_where_and_how_to_mend_it() {
    insta::assert_snapshot!(told(&[broken()], Format::Text), @"
    thing (resources/thing)
      error validation.layer1_syntax.checks.2
        at       lib/test.sh:1
        expected a script that bash can read
        seen     unexpected `>`
        mend     `bash -n lib/test.sh` names the place in bash's own words
      warning deprecated_patterns.functions.main()
        at       lib/core.sh:2
        expected CLI framework dispatch instead
        seen     `main() { :; }`
        mend     replace it: CLI framework dispatch

    RESOURCE  VERDICT  ERRORS  WARNINGS  PASSED  SKIPPED
    thing     failed   1       1         4       0
    ");
}

#[test]
fn tap_has_a_line_for_each_clause() {
    insta::assert_snapshot!(told(&[broken()], Format::Tap), @"
    TAP version 14
    1..5
    ok 1 - thing deprecated_patterns.functions.::info::dependencies
    ok 2 - thing deprecated_patterns.functions.::info::startup_order
    ok 3 - thing deprecated_patterns.functions.::info::startup_time
    ok 4 - thing deprecated_patterns.functions.main()
      ---
      findings:
      - clause: deprecated_patterns.functions.main()
        severity: warning
        file: lib/core.sh
        line: 2
        expected: CLI framework dispatch instead
        seen: '`main() { :; }`'
        mend: 'replace it: CLI framework dispatch'
      ...
    not ok 5 - thing validation.layer1_syntax.checks.2
      ---
      findings:
      - clause: validation.layer1_syntax.checks.2
        severity: error
        file: lib/test.sh
        line: 1
        expected: a script that bash can read
        seen: unexpected `>`
        mend: '`bash -n lib/test.sh` names the place in bash''s own words'
      ...
    ");
}

#[test]
fn junit_has_a_case_for_each_clause() {
    insta::assert_snapshot!(told(&[broken()], Format::Junit), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="contract 2.0" tests="5" failures="1">
      <testsuite name="thing" tests="5" failures="1" errors="0" skipped="0">
        <testcase classname="thing" name="deprecated_patterns.functions.::info::dependencies"/>
        <testcase classname="thing" name="deprecated_patterns.functions.::info::startup_order"/>
        <testcase classname="thing" name="deprecated_patterns.functions.::info::startup_time"/>
        <testcase classname="thing" name="deprecated_patterns.functions.main()">
          <system-out>  warning deprecated_patterns.functions.main()
        at       lib/core.sh:2
        expected CLI framework dispatch instead
        seen     `main() { :; }`
        mend     replace it: CLI framework dispatch
    </system-out>
        </testcase>
        <testcase classname="thing" name="validation.layer1_syntax.checks.2">
          <failure message="a script that bash can read">  error validation.layer1_syntax.checks.2
        at       lib/test.sh:1
        expected a script that bash can read
        seen     unexpected `&gt;`
        mend     `bash -n lib/test.sh` names the place in bash's own words
    </failure>
        </testcase>
      </testsuite>
    </testsuites>
    "#);
}

#[test]
fn sarif_has_a_result_for_each_finding() {
    insta::assert_snapshot!(told(&[broken()], Format::Sarif), @r#"
    {"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":{"name":"resource-postgres contract","semanticVersion":"0.1.0","rules":[{"id":"deprecated_patterns.functions.main()","shortDescription":{"text":"A script that picks its command by itself"},"help":{"text":"The clause deprecated_patterns.functions.main() of the contract, version 2.0, says: A script that picks its command by itself. `resource-postgres contract show deprecated_patterns.functions.main()` tells how it is judged."},"properties":{"tags":["deprecated_patterns"]}},{"id":"validation.layer1_syntax.checks.2","shortDescription":{"text":"Every shell script can be parsed"},"help":{"text":"The clause validation.layer1_syntax.checks.2 of the contract, version 2.0, says: Every shell script can be parsed. `resource-postgres contract show validation.layer1_syntax.checks.2` tells how it is judged."},"properties":{"tags":["validation"]}}]}},"invocations":[{"executionSuccessful":true}],"columnKind":"unicodeCodePoints","results":[{"ruleId":"validation.layer1_syntax.checks.2","level":"error","message":{"text":"expected a script that bash can read; seen: unexpected `>`; mend: `bash -n lib/test.sh` names the place in bash's own words"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"resources/thing/lib/test.sh"},"region":{"startLine":1}}}],"partialFingerprints":{"primaryLocationLineHash":"0781b3b198a75ff4:1"}},{"ruleId":"deprecated_patterns.functions.main()","level":"warning","message":{"text":"expected CLI framework dispatch instead; seen: `main() { :; }`; mend: replace it: CLI framework dispatch"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"resources/thing/lib/core.sh"},"region":{"startLine":2}}}],"partialFingerprints":{"primaryLocationLineHash":"8d8c7f9486584405:1"}}]}]}
    "#);
}

#[test]
fn json_has_everything() {
    insta::assert_snapshot!(told(&[broken()], Format::Json), @r#"
    {"tool":"resource-postgres","tool_version":"0.1.0","contract_version":"2.0","unknown_keys":[],"repaired":[],"layer":1,"resources":[{"resource":"thing","path":"resources/thing","findings":[{"clause":"validation.layer1_syntax.checks.2","severity":"error","file":"lib/test.sh","line":1,"expected":"a script that bash can read","seen":"unexpected `>`","mend":"`bash -n lib/test.sh` names the place in bash's own words"},{"clause":"deprecated_patterns.functions.main()","severity":"warning","file":"lib/core.sh","line":2,"expected":"CLI framework dispatch instead","seen":"`main() { :; }`","mend":"replace it: CLI framework dispatch"}],"outcomes":{"deprecated_patterns.functions.::info::dependencies":"passed","deprecated_patterns.functions.::info::startup_order":"passed","deprecated_patterns.functions.::info::startup_time":"passed","deprecated_patterns.functions.main()":"advised","validation.layer1_syntax.checks.2":"failed"}}],"summary":{"resources":1,"errors":1,"warnings":1,"passed":4,"failed":1,"skipped":0}}
    "#);
}

#[test]
fn the_whole_command_line_is_this() {
    let text = snapshot::run(&Cli::command()).data;
    insta::assert_snapshot!("command_line", text);
}

#[test]
fn the_same_resource_is_told_in_the_same_bytes() {
    for format in [Format::Text, Format::Json, Format::Junit, Format::Sarif, Format::Tap] {
        assert_eq!(told(&[broken()], format), told(&[broken()], format), "{format:?}");
    }
}
