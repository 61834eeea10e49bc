//! Copies values of any depth without recursion, because a recursive copy of 10,000 levels would overflow the stack.

use super::{Fields, Node};

impl<S: Clone> Clone for Node<S> {
    fn clone(&self) -> Self {
        let mut open: Vec<Open<'_, S>> = Vec::new();
        let mut next = self;
        loop {
            let mut done = match next {
                Self::Null => Self::Null,
                Self::Bool(value) => Self::Bool(*value),
                Self::Int(value) => Self::Int(*value),
                Self::UInt(value) => Self::UInt(*value),
                Self::Float(value) => Self::Float(*value),
                Self::String(value) => Self::String(value.clone()),
                Self::List(list) => {
                    open.push(Open::List(list.iter(), Vec::with_capacity(list.len())));
                    Self::Null
                }
                Self::Map(map) => {
                    let entries = map.entries();
                    open.push(Open::Map(entries.iter(), None, Vec::with_capacity(entries.len())));
                    Self::Null
                }
            };
            let mut is_done = !matches!(next, Self::List(_) | Self::Map(_));
            // Continues after the last copied value, in the innermost list or map that is not complete.
            next = loop {
                let Some(mut inner) = open.pop() else { return done };
                if is_done {
                    inner.put(done);
                }
                match inner.next() {
                    Some(node) => {
                        open.push(inner);
                        break node;
                    }
                    None => (done, is_done) = (inner.close(), true),
                }
            };
        }
    }
}

/// A list or a map that is partly copied.
enum Open<'a, S> {
    List(std::slice::Iter<'a, Node<S>>, Vec<Node<S>>),
    /// A map, with the key of the next value.
    Map(std::slice::Iter<'a, (S, Node<S>)>, Option<S>, Vec<(S, Node<S>)>),
}

impl<'a, S: Clone> Open<'a, S> {
    fn next(&mut self) -> Option<&'a Node<S>> {
        match self {
            Self::List(rest, _) => rest.next(),
            Self::Map(rest, key, _) => {
                let (name, node) = rest.next()?;
                *key = Some(name.clone());
                Some(node)
            }
        }
    }

    fn put(&mut self, node: Node<S>) {
        match self {
            Self::List(_, copied) => copied.push(node),
            Self::Map(_, key, copied) => copied.extend(key.take().map(|key| (key, node))),
        }
    }

    fn close(self) -> Node<S> {
        match self {
            Self::List(_, copied) => Node::List(copied),
            Self::Map(_, _, copied) => Node::Map(Fields((!copied.is_empty()).then_some(copied))),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Context, Node, context};

    #[test]
    fn a_copy_is_the_same() {
        let inner = context! { "empty" => Context::new(), "list" => vec![1, 2], "text" => "a" };
        let none: Vec<i64> = Vec::new();
        let context = context! { "a" => inner, "none" => none, "b" => Node::Null, "c" => 1.5, "d" => true, "e" => u64::MAX };
        assert_eq!(context.clone(), context);
        assert_eq!(Context::new().clone(), Context::new());
    }

    #[test]
    fn ten_thousand_levels_are_copied_on_a_small_stack() {
        let mut context = context! { "leaf" => "end" };
        for level in 0..10_000 {
            context = if level % 2 == 0 {
                context! { "map" => context }
            } else {
                context! { "list" => Node::List(vec![Node::Map(context)]) }
            };
        }
        let small = std::thread::Builder::new().stack_size(64 * 1024);
        let copied = std::thread::scope(|scope| {
            small.spawn_scoped(scope, || context.clone()).unwrap().join().unwrap()
        });
        assert_eq!(copied.len(), 1);
        let mut levels = 0;
        let mut node = copied.get("map").or_else(|| copied.get("list"));
        while let Some(inner) = node {
            levels += 1;
            node = match inner {
                Node::Map(map) => map.iter().next().map(|(_, node)| node),
                Node::List(list) => list.first(),
                Node::Null
                | Node::Bool(_)
                | Node::Int(_)
                | Node::UInt(_)
                | Node::Float(_)
                | Node::String(_) => None,
            };
        }
        assert_eq!(levels, 15_001);
    }
}
