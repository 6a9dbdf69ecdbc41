//! Names, very many of them.

/// How many names stay together as one text. As work they go from instance to instance: few enough
/// to spread the files of one folder over many workers, and many enough to be worth a step.
const TOGETHER: usize = 64;

/// Names, in texts of 64, each name ended by a NUL (U+0000), which is in no name: a third of what
/// strings of their own would take.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Names {
    texts: Vec<String>,
    /// How many there are in the last text.
    in_last: usize,
    /// Bytes of all texts.
    size: usize,
}

impl Names {
    /// How many.
    pub fn len(&self) -> usize {
        self.texts.len().saturating_sub(1) * TOGETHER + self.in_last
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// What they take, in bytes.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Adds one.
    pub fn push(&mut self, name: &str) {
        if self.texts.is_empty() || self.in_last == TOGETHER {
            self.begin_text();
        }
        let Some(text) = self.texts.last_mut() else { return };
        text.reserve(name.len() + 1);
        text.push_str(name);
        text.push('\0');
        self.in_last += 1;
        self.size += name.len() + 1;
    }

    fn begin_text(&mut self) {
        let likely = match self.texts.last_mut() {
            Some(last) => {
                last.shrink_to_fit();
                last.len() + last.len() / 8
            }
            None => 256,
        };
        self.texts.push(String::with_capacity(likely));
        self.in_last = 0;
    }

    /// In their order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.texts.iter().flat_map(|text| text.split_terminator('\0'))
    }

    /// One in so many of them, and of each text its first.
    pub fn sample(&self, one_in: usize) -> impl Iterator<Item = &str> {
        self.texts.iter().flat_map(move |text| text.split_terminator('\0').step_by(one_in))
    }

    /// Keeps some.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        // Text by text, so that all are never there twice, and of each what stays together in one
        // piece: mostly most of them stay.
        for text in std::mem::take(self).texts {
            let (mut from, mut to, mut count) = (0, 0, 0);
            while let Some(len) = text.as_bytes()[to..].iter().position(|byte| *byte == 0) {
                let next = to + len + 1;
                if keep(&text[to..to + len]) {
                    count += 1;
                } else {
                    self.append(&text[from..to], count);
                    (from, count) = (next, 0);
                }
                to = next;
            }
            self.append(&text[from..to], count);
        }
    }

    /// Adds so many names, each with its end.
    fn append(&mut self, names: &str, count: usize) {
        match self.texts.last_mut() {
            Some(text) if self.in_last + count <= TOGETHER => {
                text.push_str(names);
                self.in_last += count;
                self.size += names.len();
            }
            _ => names.split_terminator('\0').for_each(|name| self.push(name)),
        }
    }

    /// As texts of 64, the last of fewer; each name ended by a NUL.
    pub fn into_texts(self) -> Vec<String> {
        self.texts
    }
}

#[cfg(test)]
impl<'a> FromIterator<&'a str> for Names {
    fn from_iter<T: IntoIterator<Item = &'a str>>(iter: T) -> Self {
        let mut names = Self::default();
        iter.into_iter().for_each(|name| names.push(name));
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &Names) -> Vec<&str> {
        let list: Vec<&str> = names.iter().collect();
        assert_eq!((names.len(), names.is_empty()), (list.len(), list.is_empty()));
        assert_eq!(names.size(), list.iter().map(|name| name.len() + 1).sum::<usize>());
        list
    }

    fn numbers(count: usize) -> Vec<String> {
        (0..count).map(|number| number.to_string()).collect()
    }

    #[test]
    fn names_come_out_in_their_order() {
        let names: Names = ["b", "", "aé"].into_iter().collect();
        assert_eq!(list(&names), ["b", "", "aé"]);
        assert_eq!(names.iter().next_back(), Some("aé"));
        assert_eq!(names.into_texts(), ["b\0\0aé\0"]);
        assert_eq!(list(&Names::default()), [""; 0]);
    }

    #[test]
    fn many_names_are_several_texts() {
        for count in [63, 64, 65, 128, 1000] {
            let numbers = numbers(count);
            let names: Names = numbers.iter().map(String::as_str).collect();
            assert_eq!(list(&names), numbers);
            let texts = names.into_texts();
            let counts: Vec<usize> = texts.iter().map(|text| text.matches('\0').count()).collect();
            assert_eq!(counts.iter().sum::<usize>(), count);
            assert!(counts[..counts.len() - 1].iter().all(|&count| count == TOGETHER));
        }
    }

    #[test]
    fn some_are_kept() {
        let numbers = numbers(500);
        let mut names: Names = numbers.iter().map(String::as_str).collect();
        names.retain(|name| name.ends_with('7'));
        assert_eq!(list(&names), numbers.iter().filter(|name| name.ends_with('7')).collect::<Vec<_>>());
        names.retain(|_| false);
        assert!(names.is_empty());
    }
}
