//! Many creations at once: every name gets a server of its own, and one name gets one.

use std::collections::BTreeSet;

use crate::support::{Answer, Room};

/// Runs all creations at once and answers what they ended with, in order.
fn create(room: &Room, all: &[Vec<&str>]) -> Vec<Answer> {
    let command = |args: &Vec<&str>| room.spawn([&["content", "create-instance"][..], args].concat());
    let children: Vec<_> = all.iter().map(command).collect();
    children.into_iter().map(|child| room.wait(child)).collect()
}

fn said<'a>(answers: &'a [Answer], words: &str) -> Vec<&'a Answer> {
    answers.iter().filter(|it| it.stderr.contains(words)).collect()
}

#[test]
fn twenty_instances_created_at_once_have_twenty_ports_and_answer_as_themselves() {
    let room = Room::new();
    let names: Vec<String> = (1..=20).map(|number| format!("shop{number}")).collect();
    let all: Vec<Vec<&str>> = names.iter().map(|name| vec![name, "--template", "minimal"]).collect();
    for answer in create(&room, &all) {
        answer.done();
    }
    let ports: BTreeSet<String> = names.iter().map(|name| room.recorded(name, "port")).collect();
    assert_eq!(ports.len(), 20, "{ports:?}");
    for name in &names {
        assert_eq!(room.value(name, "SELECT current_setting('cluster_name')"), *name);
    }
}

#[test]
fn of_ten_creations_of_one_name_one_makes_it_and_the_others_find_it() {
    let room = Room::new();
    let answers = create(&room, &vec![vec!["shop", "--template", "minimal"]; 10]);
    assert!(answers.iter().all(|it| it.code == Some(0)), "{answers:?}");
    assert_eq!(said(&answers, "is running on port").len(), 1, "{answers:?}");
    assert_eq!(said(&answers, "exists already").len(), 9, "{answers:?}");
    assert_eq!(room.value("shop", "SELECT current_setting('cluster_name')"), "shop");
}

#[test]
fn of_creations_of_one_name_with_other_parameters_the_slower_ones_fail_and_say_so() {
    let room = Room::new();
    let all: Vec<Vec<&str>> =
        ["minimal", "testing"].repeat(5).into_iter().map(|it| vec!["shop", "--template", it]).collect();
    let answers = create(&room, &all);
    let winner = room.recorded("shop", "template");
    for (args, answer) in all.iter().zip(answers) {
        if args.contains(&winner.as_str()) {
            answer.done();
        } else {
            let answer = answer.failed();
            assert!(answer.stderr.contains(&format!("exists already with template `{winner}`")), "{answer}");
        }
    }
    assert_eq!(room.value("shop", "SELECT current_setting('cluster_name')"), "shop");
}
