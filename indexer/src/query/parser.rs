//! Tokens → [`Node`]. Grammar, loosest first: `or := and ("OR" and)*`, `and := not ("AND"? not)*`,
//! `not := ("NOT" | "-")* primary`, `primary := word | phrase | "(" or ")"`.

use super::{
    MAX_QUERY_CHARS, MAX_QUERY_DEPTH, MAX_QUERY_TERMS, Node,
    error::{QueryError, QueryProblem},
    lexer::{Token, TokenKind, tokens},
};
use crate::text::Pattern;

/// Understands a query as typed. Empty or blank: [`Node::All`].
///
/// # Errors
/// The first thing that cannot be understood, and where.
pub(crate) fn parse(query: &str) -> Result<Node, QueryError> {
    if query.chars().count() > MAX_QUERY_CHARS {
        return Err(QueryError { at: MAX_QUERY_CHARS, problem: QueryProblem::TooLong });
    }
    let tokens = tokens(query)?;
    if tokens.is_empty() {
        return Ok(Node::All);
    }
    let mut parser = Parser { tokens: &tokens, next: 0, depth: 0, terms: 0 };
    let node = parser.any_of()?;
    match parser.peek() {
        Some(stray) => Err(QueryError { at: stray.at, problem: QueryProblem::StrayParenthesis }),
        None => node.ok_or(QueryError { at: 0, problem: QueryProblem::NothingToSearch }),
    }
}

struct Parser<'t> {
    tokens: &'t [Token],
    next: usize,
    depth: usize,
    terms: usize,
}

/// What was read: `None` where it was only punctuation, which neither finds nor excludes anything.
type Read = Result<Option<Node>, QueryError>;

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.next)
    }

    fn at(&self, kind: &TokenKind) -> bool {
        self.peek().is_some_and(|token| token.kind == *kind)
    }

    fn any_of(&mut self) -> Read {
        let mut nodes = vec![self.all_of()?];
        while self.at(&TokenKind::Or) {
            self.operator()?;
            nodes.push(self.all_of()?);
        }
        Ok(join(nodes, Node::Or))
    }

    fn all_of(&mut self) -> Read {
        let mut nodes = vec![self.negated()?];
        while let Some(token) = self.peek() {
            match token.kind {
                TokenKind::Or | TokenKind::Close => break,
                TokenKind::And => self.operator()?,
                _ => {}
            }
            nodes.push(self.negated()?);
        }
        Ok(join(nodes, Node::And))
    }

    /// Passes an operator that needs something after it.
    fn operator(&mut self) -> Result<(), QueryError> {
        let operator = self.peek().map_or(0, |token| token.at);
        self.next += 1;
        match self.peek().map(|token| &token.kind) {
            None | Some(TokenKind::Close | TokenKind::And | TokenKind::Or) => {
                Err(QueryError { at: operator, problem: QueryProblem::NothingAfterOperator })
            }
            _ => Ok(()),
        }
    }

    fn negated(&mut self) -> Read {
        if !self.at(&TokenKind::Not) {
            return self.primary();
        }
        let at = self.peek().map_or(0, |token| token.at);
        self.operator()?;
        self.nested(at, |parser| Ok(parser.negated()?.map(|node| Node::Not(Box::new(node)))))
    }

    fn primary(&mut self) -> Read {
        let Some(token) = self.peek() else {
            return Ok(None); // `operator` has seen to it that something follows where something must.
        };
        self.next += 1;
        match &token.kind {
            TokenKind::Word(text) => self.word(token.at, text),
            TokenKind::Phrase(text) => self.phrase(token.at, text),
            TokenKind::Open => self.nested(token.at, |parser| parser.parenthesised(token.at)),
            TokenKind::Close => Err(QueryError { at: token.at, problem: QueryProblem::StrayParenthesis }),
            TokenKind::And | TokenKind::Or | TokenKind::Not => {
                Err(QueryError { at: token.at, problem: QueryProblem::NothingBeforeOperator })
            }
        }
    }

    fn parenthesised(&mut self, open: usize) -> Read {
        if self.at(&TokenKind::Close) {
            return Err(QueryError { at: open, problem: QueryProblem::EmptyParentheses });
        }
        let node = self.any_of()?;
        if !self.at(&TokenKind::Close) {
            return Err(QueryError { at: open, problem: QueryProblem::UnclosedParenthesis });
        }
        self.next += 1;
        Ok(node)
    }

    /// A word typed without quotes: Chinese punctuation in it separates, all parts must be found.
    fn word(&mut self, at: usize, text: &str) -> Read {
        let mut nodes = Vec::new();
        for part in text.split(separates) {
            nodes.push(self.term(at, part)?);
        }
        Ok(join(nodes, Node::And))
    }

    fn phrase(&mut self, at: usize, text: &str) -> Read {
        match self.term(at, text)? {
            Some(node) => Ok(Some(node)),
            None => Err(QueryError { at, problem: QueryProblem::EmptyPhrase }),
        }
    }

    fn term(&mut self, at: usize, text: &str) -> Read {
        let pattern = Pattern::new(text);
        if pattern.is_empty() {
            return Ok(None);
        }
        self.terms += 1;
        if self.terms > MAX_QUERY_TERMS {
            return Err(QueryError { at, problem: QueryProblem::TooManyTerms });
        }
        Ok(Some(Node::Term(pattern)))
    }

    fn nested(&mut self, at: usize, read: impl FnOnce(&mut Self) -> Read) -> Read {
        if self.depth == MAX_QUERY_DEPTH {
            return Err(QueryError { at, problem: QueryProblem::TooDeep });
        }
        self.depth += 1;
        let node = read(self);
        self.depth -= 1;
        node
    }
}

/// Punctuation that ends a word although no space follows. ASCII punctuation does not: `3.5`, `12:30`, `A-12`.
fn separates(c: char) -> bool {
    !c.is_ascii() && !c.is_alphanumeric() && Pattern::new(c.encode_utf8(&mut [0; 4])).is_empty()
}

fn join(nodes: Vec<Option<Node>>, many: fn(Vec<Node>) -> Node) -> Option<Node> {
    let mut nodes: Vec<Node> = nodes.into_iter().flatten().collect();
    if nodes.len() > 1 { Some(many(nodes)) } else { nodes.pop() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn show(node: &Node) -> String {
        let list = |nodes: &[Node], with: &str| nodes.iter().map(show).collect::<Vec<_>>().join(with);
        match node {
            Node::All => "*".to_owned(),
            Node::Term(pattern) => pattern.units().iter().map(|unit| unit.text.as_str()).collect(),
            Node::And(nodes) => format!("({})", list(nodes, " & ")),
            Node::Or(nodes) => format!("({})", list(nodes, " | ")),
            Node::Not(node) => format!("!{}", show(node)),
        }
    }

    fn check(query: &str, expected: &str) {
        let shown = match parse(query) {
            Ok(node) => show(&node),
            Err(error) => error.to_string(),
        };
        assert_eq!(shown, expected, "{query:?}");
    }

    #[test]
    fn understands_queries() {
        check("", "*");
        check(" 　\n", "*");
        check("太慢", "太慢");
        check("送餐 太慢", "(送餐 & 太慢)");
        check("送餐 AND 太慢", "(送餐 & 太慢)");
        check("送餐 OR 太慢 态度", "(送餐 | (太慢 & 态度))");
        check("(送餐 OR 外卖) 太慢", "((送餐 | 外卖) & 太慢)");
        check("送餐 NOT 太慢", "(送餐 & !太慢)");
        check("送餐 -太慢", "(送餐 & !太慢)");
        check("-太慢", "!太慢");
        check("NOT NOT 太慢", "!!太慢");
        check("送餐 - 太慢", "(送餐 & 太慢)");
        check("（送餐　ＯＲ　外卖）－太慢", "((送餐 | 外卖) & !太慢)");
        check("“送餐 太慢”", "送餐太慢");
        check("\"送餐，太慢\"客服", "(送餐太慢 & 客服)");
        check("送餐，太慢", "(送餐 & 太慢)");
        check("3.5元", "35元");
        check("A-12", "a12");
        check("iPhone15坏了", "iphone15坏了");
        check("等了４０分鐘", "等了40分钟");
        check("and or not", "(and & or & not)");
        check("，。 送餐", "送餐");
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        check("送餐 \"太慢", "第 4 个字符：引号没有闭合");
        check("送餐 “”", "第 4 个字符：引号里没有可检索的文字");
        check("送餐 “，”", "第 4 个字符：引号里没有可检索的文字");
        check("送餐 （太慢", "第 4 个字符：左括号没有闭合");
        check("送餐) 太慢", "第 3 个字符：多余的右括号");
        check("送餐 ()", "第 4 个字符：括号里没有内容");
        check("送餐 AND", "第 4 个字符：AND、OR、NOT 后面缺少要检索的内容");
        check("送餐 AND OR 太慢", "第 4 个字符：AND、OR、NOT 后面缺少要检索的内容");
        check("OR 太慢", "第 1 个字符：AND、OR 前面缺少要检索的内容");
        check("NOT", "第 1 个字符：AND、OR、NOT 后面缺少要检索的内容");
        check("。！", "第 1 个字符：没有可检索的文字（只有标点或空白）");
        check(&"慢".repeat(1_001), "第 1001 个字符：检索式超过 1000 个字符");
        check(&"慢 ".repeat(65), "第 129 个字符：检索词超过 64 个");
        check(&format!("{}慢", "(".repeat(17)), "第 17 个字符：括号和 NOT 嵌套超过 16 层");
        check(&"NOT ".repeat(17), "第 65 个字符：AND、OR、NOT 后面缺少要检索的内容");
    }

    proptest! {
        #[test]
        fn never_panics(query in r#"[慢快好aA1 "“”()（）ANDORT\-，。👍\u{200d}\u{3000}]{0,60}"#) {
            let _ = parse(&query);
        }

        #[test]
        fn never_panics_on_anything(query in ".{0,200}") {
            if let Err(error) = parse(&query) {
                prop_assert!(error.at <= query.chars().count());
            }
        }
    }
}
