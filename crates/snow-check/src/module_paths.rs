//! Which module a file is, by its path: `geometry/plane.snow` is `Geometry.Plane`.

use std::path::PathBuf;

/// The module of a file, by its path within the program or the library: `http_util.snow` is `HttpUtil`.
pub fn module_name(path: &str) -> String {
    let path = path.strip_suffix(".snow").unwrap_or(path);
    let segments: Vec<String> = path.split(['/', '\\']).map(pascal_case).collect();
    segments.join(".")
}

/// The path of a module's file: the contrary of `module_name`.
pub fn file_of(module: &str) -> PathBuf {
    let mut path: PathBuf = module.split('.').map(snake_case).collect();
    path.set_extension("snow");
    path
}

fn pascal_case(segment: &str) -> String {
    match segment {
        "io" => "IO".to_string(),
        _ => segment
            .split('_')
            .map(|word| {
                let mut letters = word.chars();
                letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
            })
            .collect(),
    }
}

fn snake_case(segment: &str) -> String {
    if segment == "IO" {
        return "io".to_string();
    }
    let mut snake = String::new();
    for letter in segment.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_names_follow_the_path() {
        assert_eq!(module_name("main.snow"), "Main");
        assert_eq!(module_name("geometry/plane.snow"), "Geometry.Plane");
        assert_eq!(module_name("http_util.snow"), "HttpUtil");
        assert_eq!(module_name("h_t_t_p.snow"), "HTTP");
        assert_eq!(module_name("u8x16.snow"), "U8x16");
        assert_eq!(module_name("io.snow"), "IO");
        assert_eq!(module_name("a.snow.snow"), "A.snow");
        for path in
            ["main.snow", "geometry/plane.snow", "http_util.snow", "h_t_t_p.snow", "u8x16.snow", "io.snow"]
        {
            assert_eq!(file_of(&module_name(path)), PathBuf::from(path));
        }
    }
}
