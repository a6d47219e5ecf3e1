//! Colours: contrast as WCAG 2 defines it, and lighter and darker shades of one hue.

/// A colour of a screen; each part from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Colour([f64; 3]);

/// A colour as eyes see it: lightness from 0 to 1, strength, and hue in degrees (OKLCH).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shade {
    /// From black to white.
    pub lightness: f64,
    /// From grey to strong.
    pub chroma: f64,
    /// The angle on the wheel of colours.
    pub hue: f64,
}

impl Colour {
    /// Reads `#rgb` or `#rrggbb`.
    pub fn parse(text: &str) -> Option<Colour> {
        let digits = text.strip_prefix('#')?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let part = |at: usize, len: usize| {
            let value = u8::from_str_radix(digits.get(at..at + len)?, 16).ok()?;
            Some(f64::from(if len == 1 { value * 17 } else { value }) / 255.0)
        };
        match digits.len() {
            3 => Some(Colour([part(0, 1)?, part(1, 1)?, part(2, 1)?])),
            6 => Some(Colour([part(0, 2)?, part(2, 2)?, part(4, 2)?])),
            _ => None,
        }
    }

    /// The colour as `#rrggbb`.
    pub fn hex(self) -> String {
        let [r, g, b] = self.0.map(|part| (part.clamp(0.0, 1.0) * 255.0).round() as u8);
        format!("#{r:02x}{g:02x}{b:02x}")
    }

    fn linear(self) -> [f64; 3] {
        self.0.map(|part| match part <= 0.04045 {
            true => part / 12.92,
            false => ((part + 0.055) / 1.055).powf(2.4),
        })
    }

    fn from_linear(linear: [f64; 3]) -> Colour {
        Colour(linear.map(|part| {
            let part = part.clamp(0.0, 1.0);
            match part <= 0.003_130_8 {
                true => part * 12.92,
                false => 1.055 * part.powf(1.0 / 2.4) - 0.055,
            }
        }))
    }

    /// The relative luminance of WCAG 2.
    pub fn luminance(self) -> f64 {
        let [r, g, b] = self.linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// The contrast of two colours, from 1 to 21.
    pub fn contrast(self, other: Colour) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// This colour laid over another; `part` tells how much of it is there.
    pub fn over(self, below: Colour, part: f64) -> Colour {
        let mut out = self.0;
        for (mine, other) in out.iter_mut().zip(below.0) {
            *mine = *mine * part + other * (1.0 - part);
        }
        Colour(out)
    }

    /// The colour by lightness, strength and hue.
    pub fn shade(self) -> Shade {
        let [r, g, b] = self.linear();
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        let lightness = 0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s;
        let a = 1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s;
        let b = 0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s;
        Shade { lightness, chroma: a.hypot(b), hue: b.atan2(a).to_degrees() }
    }
}

impl Shade {
    /// The nearest colour that a screen has.
    pub fn colour(self) -> Colour {
        // A screen has no very strong light or dark colours: strength gives way.
        let mut shade = self;
        for _ in 0..40 {
            let linear = shade.linear();
            if linear.iter().all(|part| (-0.0005..=1.0005).contains(part)) {
                break;
            }
            shade.chroma *= 0.95;
        }
        Colour::from_linear(shade.linear())
    }

    fn linear(self) -> [f64; 3] {
        let (sin, cos) = self.hue.to_radians().sin_cos();
        let (a, b) = (self.chroma * cos, self.chroma * sin);
        let l = (self.lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (self.lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (self.lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
        ]
    }

    /// The nearest shade of the hue, darker or lighter, that has this contrast with every
    /// one of the colours.
    pub fn legible(self, on: &[Colour], least: f64, darker: bool) -> Colour {
        let mut shade = self;
        for _ in 0..200 {
            let colour = shade.colour();
            // What is written down has 256 steps, so that is what is measured.
            let colour = Colour::parse(&colour.hex()).unwrap_or(colour);
            if on.iter().all(|other| colour.contrast(*other) >= least) {
                return colour;
            }
            shade.lightness += if darker { -0.005 } else { 0.005 };
            shade.lightness = shade.lightness.clamp(0.0, 1.0);
        }
        shade.colour()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    #[test]
    fn colours_are_read_and_written() {
        assert_eq!(colour("#08525f").hex(), "#08525f");
        assert_eq!(colour("#FfF").hex(), "#ffffff");
        for odd in ["", "#", "red", "#12", "#1234", "#12345g", "#é1", "08525f"] {
            assert_eq!(Colour::parse(odd), None, "{odd}");
        }
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((colour("#000").contrast(colour("#fff")) - 21.0).abs() < 1e-9);
        // The lightest grey that is legible on white.
        let ratio = colour("#767676").contrast(colour("#ffffff"));
        assert!((ratio - 4.54).abs() < 0.01, "{ratio}");
    }

    #[test]
    fn shades_lead_back_to_the_colour() {
        for text in ["#08525f", "#ffffff", "#000000", "#c0ffee", "#ff0000"] {
            assert_eq!(colour(text).shade().colour().hex(), text);
        }
    }

    #[test]
    fn a_legible_shade_is_found_in_both_directions() {
        let white = colour("#ffffff");
        let dark = colour("#14181c");
        let yellow = colour("#ffd500").shade();
        assert!(yellow.legible(&[white], 4.5, true).contrast(white) >= 4.5);
        let navy = colour("#001a66").shade();
        assert!(navy.legible(&[dark], 4.5, false).contrast(dark) >= 4.5);
        let fine = colour("#08525f");
        assert_eq!(fine.shade().legible(&[white], 4.5, true).hex(), "#08525f");
    }
}
