//! Files of learners' answers agree with the rows of the streams.

use std::collections::BTreeSet;

use sandbox_360learning::{Options, Sandbox, Scale};

use crate::{open, start};

/// The texts of a field of a stream, in lower case where addresses are typed in any case.
fn texts(sandbox: &Sandbox, stream: &str, field: &str) -> BTreeSet<String> {
    sandbox.truth(stream).iter().filter_map(|row| row[field].as_str()).map(str::to_lowercase).collect()
}

fn lines(sandbox: &Sandbox, file: &str) -> Vec<String> {
    let bytes = sandbox.feedback(file).unwrap();
    let text = if file == "form-excel.csv" {
        bytes.iter().map(|&byte| char::from(byte)).collect()
    } else {
        String::from_utf8(bytes).unwrap()
    };
    text.split("\r\n").map(str::to_owned).filter(|line| !line.is_empty()).collect()
}

#[tokio::test]
async fn answers_are_of_learners_who_were_there_with_some_strangers_and_some_anonymous() {
    let sandbox = start(Options { scale: Scale::FranceNum, ..open() }).await.0;
    let mails = texts(&sandbox, "users", "mail");
    for (file, separator) in [("form.csv", ','), ("form-excel.csv", ';')] {
        let (mut known, mut strangers, mut anonymous, mut unreadable) = (0, 0, 0, 0);
        for line in &lines(&sandbox, file)[1..] {
            let mail = line.split(separator).nth(1).unwrap().to_lowercase();
            known += usize::from(mails.contains(&mail));
            strangers += usize::from(mail.ends_with("@ailleurs.example"));
            anonymous += usize::from(mail.is_empty());
            unreadable += usize::from(line.contains("31/02/2026") || line.contains("très bien"));
        }
        assert!(known > 300 && strangers > 10 && anonymous > 30 && unreadable > 3, "{file}: {known}");
        assert_eq!(known + strangers + anonymous, lines(&sandbox, file).len() - 1, "{file}");
    }
}

#[tokio::test]
async fn each_answer_to_a_question_is_of_a_user_about_a_course() {
    let sandbox = start(open()).await.0;
    let (users, courses) = (texts(&sandbox, "users", "_id"), texts(&sandbox, "courses", "name"));
    let lines = lines(&sandbox, "questions.csv");
    assert!(lines.len() > 200, "{}", lines.len());
    for line in &lines[1..] {
        let cells: Vec<&str> = line.split(',').collect();
        assert!(users.contains(cells[1]), "{line}");
        assert!(courses.iter().any(|course| line.to_lowercase().contains(course.as_str())), "{line}");
    }
}

#[tokio::test]
async fn the_files_of_two_sandboxes_are_equal_and_an_unknown_one_does_not_exist() {
    let (one, client) = start(open()).await;
    let other = start(open()).await.0;
    for file in ["questions.csv", "form.csv", "form-excel.csv"] {
        assert_eq!(one.feedback(file), other.feedback(file), "{file}");
    }
    assert_eq!(one.feedback("form.xlsx"), None);
    assert_eq!(client.send("GET", "/__sandbox/feedback/form.xlsx", &[], "").status, 404);
    let served = client.send("GET", "/__sandbox/feedback/form-excel.csv", &[], "");
    assert_eq!(Some(served.bytes), one.feedback("form-excel.csv"));
}
