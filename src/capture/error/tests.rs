use super::*;

fn take<Via, E: Capturable<Via> + ?Sized>(error: &E) -> Chain<'_> {
    error.chain()
}

fn messages<'a>(chain: &'a Chain<'_>) -> Vec<&'a str> {
    chain.exceptions.iter().filter_map(|e| e.message.as_deref()).collect()
}

#[derive(Debug)]
struct Link(usize);
impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "link {}", self.0)
    }
}
impl Error for Link {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // A chain that never ends: the next link is always there.
        static LINKS: [Link; 3] = [Link(0), Link(1), Link(2)];
        LINKS.get((self.0 + 1) % 3).map(|l| l as &(dyn Error + 'static))
    }
}

#[derive(Debug)]
struct Treacherous;
impl fmt::Display for Treacherous {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("display")
    }
}
impl Error for Treacherous {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        panic!("source")
    }
}

#[test]
fn every_kind_of_error_is_one_chain() {
    let parse = "x".parse::<i32>().unwrap_err();
    assert_eq!(take(&parse).exceptions.len(), 1);

    let boxed: Box<dyn Error + Send + Sync> = "plain text".into();
    assert_eq!(messages(&take(&boxed)), ["plain text"]);

    let borrowed: &(dyn Error + 'static) = &parse;
    assert_eq!(take(borrowed).exceptions[0].type_name, "std::num::ParseIntError");
}

#[test]
fn a_chain_that_loops_is_cut_and_says_so() {
    let chain = take(&Link(0));
    assert_eq!(chain.exceptions.len(), limits::EXCEPTIONS);
    assert_eq!(chain.cut as usize, COUNTED - limits::EXCEPTIONS);
}

#[test]
fn an_error_whose_methods_panic_is_still_an_error() {
    let chain = take(&Treacherous);
    assert_eq!(messages(&chain), ["<its Display panicked>"]);
}

#[cfg(feature = "anyhow")]
#[test]
fn anyhow_gives_its_context_its_cause_and_its_stack() {
    let error =
        anyhow::Error::new(std::io::Error::from(std::io::ErrorKind::NotFound)).context("reading the page");
    let chain = take(&error);
    assert_eq!(messages(&chain), ["reading the page", "entity not found"]);
    assert_eq!(chain.exceptions[1].type_name, "std::io::Error(NotFound)");
    let captured = error.backtrace().status() == std::backtrace::BacktraceStatus::Captured;
    assert_eq!(chain.backtrace.is_some(), captured);
}
