//! What the formats for programs look like, whole.

use super::*;

#[test]
fn tsv_escapes_what_would_end_a_field() {
    insta::assert_snapshot!(printed(&of(Format::Tsv), sample()), @r#"
    id	name	ok
    1	one\ntwo	t
    1000	日本 "x"	\N
    "#);
    let only = Settings { tuples_only: true, ..of(Format::Tsv) };
    let special = vec![columns(&["a"]), row(&[Some("a\tb\\c\r\n")]), done("SELECT 1")];
    assert_eq!(printed(&only, special), "a\\tb\\\\c\\r\\n\n");
}

/// A row with a value of each type that JSON knows, and a name that comes twice.
fn typed() -> Vec<Event> {
    let cells = [Some("7"), Some("no"), Some("f"), Some("{\"a\": [1, \"x y\"]}"), Some("1.50")];
    let nan = [None, Some(""), None, None, Some("NaN")];
    vec![columns(&["n", "text", "ok", "data", "n"]), row(&cells), row(&nan), done("SELECT 2")]
}

#[test]
fn json_is_an_array_of_objects_with_typed_values() {
    insta::assert_snapshot!(printed(&of(Format::Json), [sample(), typed()].concat()), @r#"
    [{"id":1,"name":"one\ntwo","ok":true},{"id":1000,"name":"日本 \"x\"","ok":null}]
    [{"n":7,"text":"no","ok":false,"data":{"a":[1,"x y"]},"n_2":1.50},{"n":null,"text":"","ok":null,"data":null,"n_2":"NaN"}]
    "#);
}

#[test]
fn yaml_is_a_list_of_mappings_with_the_same_values() {
    insta::assert_snapshot!(printed(&of(Format::Yaml), [sample(), typed()].concat()), @r#"
    ---
    - id: 1
      name: "one\ntwo"
      ok: true
    - id: 1000
      name: "日本 \"x\""
      ok: null
    ---
    - "n": 7
      text: "no"
      ok: false
      data: {"a":[1,"x y"]}
      n_2: 1.50
    - "n": null
      text: ""
      ok: null
      data: null
      n_2: "NaN"
    "#);
}

#[test]
fn a_number_with_an_exponent_has_a_point_in_yaml_or_its_older_readers_take_it_for_a_text() {
    let numbers = ["1e+308", "-1e-07", "1.5e+300", "2.5", "3"];
    let head = columns(&["n"]);
    let events = [vec![head], numbers.map(|it| row(&[Some(it)])).to_vec(), vec![done("SELECT 5")]].concat();
    insta::assert_snapshot!(printed(&of(Format::Yaml), events), @r#"
    ---
    - "n": 1.0e+308
    - "n": -1.0e-07
    - "n": 1.5e+300
    - "n": 2.5
    - "n": 3
    "#);
}

#[test]
fn yaml_and_json_mean_the_same() {
    for events in [sample(), typed(), vec![columns(&["n"]), done("SELECT 0")], vec![columns(&[]), row(&[])]] {
        let events = [events, vec![done("SELECT 1")]].concat();
        let json: serde_json::Value =
            serde_json::from_str(printed(&of(Format::Json), events.clone()).lines().next().unwrap()).unwrap();
        let yaml: serde_json::Value = serde_yaml::from_str(&printed(&of(Format::Yaml), events)).unwrap();
        assert_eq!(json, yaml);
    }
}
