//! What tables look like, whole.

use super::*;

#[test]
fn a_table_has_lines_between_its_columns() {
    insta::assert_snapshot!(printed(&aligned(Border::Inner), sample()), @r#"
      id  |   name   | ok 
    ------+----------+----
        1 | one     +| t
          | two      | 
     1000 | 日本 "x" | 
    (2 rows)
    "#);
}

#[test]
fn a_table_without_border_has_spaces_between_its_columns() {
    insta::assert_snapshot!(printed(&aligned(Border::None), sample()), @r#"
     id    name   ok 
    ---- -------- --
       1 one     +t
         two      
    1000 日本 "x" 
    (2 rows)
    "#);
}

#[test]
fn a_table_with_a_full_border_has_a_frame() {
    insta::assert_snapshot!(printed(&aligned(Border::Full), sample()), @r#"
    +------+----------+----+
    |  id  |   name   | ok |
    +------+----------+----+
    |    1 | one     +| t  |
    |      | two      |    |
    | 1000 | 日本 "x" |    |
    +------+----------+----+
    (2 rows)
    "#);
}

#[test]
fn a_frame_may_be_drawn_of_box_characters() {
    let settings = Settings { linestyle: LineStyle::Unicode, ..aligned(Border::Full) };
    insta::assert_snapshot!(printed(&settings, sample()), @r#"
    ┌──────┬──────────┬────┐
    │  id  │   name   │ ok │
    ├──────┼──────────┼────┤
    │    1 │ one     ↵│ t  │
    │      │ two      │    │
    │ 1000 │ 日本 "x" │    │
    └──────┴──────────┴────┘
    (2 rows)
    "#);
}

#[test]
fn an_expanded_table_has_a_line_for_each_column() {
    let settings = Settings { expanded: Expanded::On, null: "(null)".to_owned(), ..Settings::default() };
    insta::assert_snapshot!(printed(&settings, sample()), @r#"
    -[ RECORD 1 ]--
    id   | 1
    name | one     +
         | two
    ok   | t
    -[ RECORD 2 ]--
    id   | 1000
    name | 日本 "x"
    ok   | (null)
    "#);
}

#[test]
fn an_expanded_table_without_border_has_no_lines() {
    let settings = Settings { expanded: Expanded::On, ..aligned(Border::None) };
    insta::assert_snapshot!(printed(&settings, sample()), @r#"
    * Record 1  
    id   1
    name one     +
         two
    ok   t
    * Record 2  
    id   1000
    name 日本 "x"
    ok
    "#);
}

#[test]
fn an_expanded_table_with_a_full_border_has_a_frame() {
    let settings = Settings { expanded: Expanded::On, ..aligned(Border::Full) };
    insta::assert_snapshot!(printed(&settings, sample()), @r#"
    +-[ RECORD 1 ]----+
    | id   | 1        |
    | name | one     +|
    |      | two      |
    | ok   | t        |
    +-[ RECORD 2 ]----+
    | id   | 1000     |
    | name | 日本 "x" |
    | ok   |          |
    +------+----------+
    "#);
}

#[test]
fn a_table_is_expanded_if_it_is_wider_than_the_terminal() {
    let auto = |columns| Settings { expanded: Expanded::Auto, columns, ..Settings::default() };
    let on = Settings { expanded: Expanded::On, ..Settings::default() };
    // The table takes 22 columns.
    assert_eq!(printed(&auto(21), sample()), printed(&on, sample()));
    assert_eq!(printed(&auto(22), sample()), printed(&Settings::default(), sample()));
    assert_eq!(printed(&auto(0), sample()), printed(&Settings::default(), sample()));
    let one = || vec![columns(&["id"]), row(&[Some("1")]), done("SELECT 1")];
    assert_eq!(printed(&auto(1), one()), printed(&Settings::default(), one()));
}

#[test]
fn tuples_only_leaves_out_title_names_and_footer() {
    let only = Settings { tuples_only: true, title: Some("Title".to_owned()), ..Settings::default() };
    insta::assert_snapshot!(printed(&only, sample()), @r#"
       1 | one     +| t
         | two      | 
    1000 | 日本 "x" |
    "#);
    let expanded = Settings { expanded: Expanded::On, ..only };
    insta::assert_snapshot!(printed(&expanded, sample()), @r#"
    id   | 1
    name | one     +
         | two
    ok   | t
    -----+---------
    id   | 1000
    name | 日本 "x"
    ok   |
    "#);
}

#[test]
fn a_title_stands_in_the_middle_above_a_table() {
    let settings = Settings { title: Some("Title".to_owned()), footer: false, ..Settings::default() };
    insta::assert_snapshot!(printed(&settings, sample()), @r#"
            Title
      id  |   name   | ok 
    ------+----------+----
        1 | one     +| t
          | two      | 
     1000 | 日本 "x" |
    "#);
}
