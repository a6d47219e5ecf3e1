//! Every score of a framework with two factors, as a table.

use super::factor::{Answer, Factor, Input, resolve};
use super::{Framework, Rule, Score};
use std::collections::BTreeMap;

/// A factor with more answers makes a table that nobody reads.
const MOST: usize = 10;

/// The score of each pair of answers.
#[derive(Debug, Clone)]
pub struct Grid<'f> {
    /// The factor of the rows, and the numbers of its answers.
    pub rows: (&'f Factor, Vec<f64>),
    /// The factor of the columns.
    pub columns: (&'f Factor, Vec<f64>),
    /// The scores, row by row.
    pub cells: Vec<Vec<Score>>,
}

impl Framework {
    /// Every score, where two factors with few answers decide it.
    pub fn grid(&self) -> Option<Grid<'_>> {
        let (rows, columns) = match (&self.rule, self.factors.as_slice()) {
            (Rule::Formula(_), [rows, columns]) => (rows, columns),
            (Rule::Matrix { rows, columns, .. }, [_, _]) => {
                (&self.factors[*rows], &self.factors[*columns])
            }
            _ => return None,
        };
        let (down, across) = (rows.values(), columns.values());
        if down.len().max(across.len()) > MOST {
            return None;
        }
        let score = |row: f64, column: f64| {
            let answers = [(rows, row), (columns, column)];
            let answers = answers.map(|(f, value)| (f.name.clone(), Answer::Number(value)));
            self.score(&Input::Factors(BTreeMap::from(answers))).ok()
        };
        let row = |row: &f64| across.iter().map(|column| score(*row, *column)).collect();
        let cells = down.iter().map(row).collect::<Option<_>>()?;
        Some(Grid { rows: (rows, down), columns: (columns, across), cells })
    }

    /// The row and the column of an input in the grid.
    pub fn cell(&self, grid: &Grid<'_>, input: &Input) -> Option<(usize, usize)> {
        let values = resolve(&self.factors, input).ok()?;
        let place = |(factor, answers): &(&Factor, Vec<f64>)| {
            let at = self.factors.iter().position(|own| own.name == factor.name)?;
            let value = (*values.get(at)?)?;
            answers.iter().position(|answer| *answer == value)
        };
        Some((place(&grid.rows)?, place(&grid.columns)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_factors_make_a_table_and_others_none() {
        let framework = Framework::built_in("likelihood-impact").unwrap();
        let grid = framework.grid().unwrap();
        assert_eq!((grid.rows.0.name.as_str(), grid.cells.len()), ("likelihood", 5));
        assert_eq!(grid.cells[3][4].text, "20 Critical");
        let input = [("likelihood", 4.0), ("impact", 5.0)].into();
        assert_eq!(framework.cell(&grid, &input), Some((3, 4)));
        for name in ["levels", "dread", "owasp", "cvss-4.0", "none"] {
            assert!(Framework::built_in(name).unwrap().grid().is_none(), "{name}");
        }
    }
}
