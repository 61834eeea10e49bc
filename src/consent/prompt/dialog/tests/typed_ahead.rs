use super::*;

#[test]
fn what_was_typed_before_the_question_is_no_answer_and_neither_is_the_enter_behind_it() {
    let cases: &[(&[&str], Choice, usize)] = &[
        // After whole lines, the next line is an answer.
        (&["^lines", "3"], Choice::Never, 1),
        (&["^lines", ""], Choice::NotNow, 1),
        // After keys without Enter, the line that their Enter ends is no answer, whatever else it holds.
        (&["^keys", "", "3"], Choice::Never, 1),
        (&["^keys", "", ""], Choice::NotNow, 1),
        (&["^keys", "1", "^-"], Choice::Unanswered, 1),
        (&["^keys", "2", "^-"], Choice::Unanswered, 1),
        (&["^keys", "2", "1", ""], Choice::Once, 1),
        (&["^keys", "3", "v", "^-"], Choice::Unanswered, 1),
        (&["^keys", "^D"], Choice::NotNow, 1),
        (&["^keys", "^C"], Choice::Unanswered, 1),
        (&["^keys", "^-"], Choice::Unanswered, 1),
        (&["3"], Choice::Never, 0),
    ];
    for (typed, choice, told) in cases {
        let (answer, screen) = ask(typed);
        assert_eq!((answer.choice, answer.email), (*choice, None), "{typed:?}\n{screen}");
        let said = screen.matches("What you typed before this question does not answer it.").count();
        assert_eq!(said, *told, "{screen}");
        let is_waited_for = typed.first() == Some(&"^keys");
        assert_eq!(screen.contains("Press Enter first: "), is_waited_for, "{screen}");
        assert!(screen.ends_with('\n'), "{typed:?}: the program's own line begins at the left");
    }
}
