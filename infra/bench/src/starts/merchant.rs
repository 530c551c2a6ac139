//! A merchant's own system: takes every webhook and says so.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
};

/// Opens it, until the program ends; its address.
pub fn open() -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let url = format!("http://{}/told", listener.local_addr().map_err(|error| error.to_string())?);
    std::thread::spawn(move || {
        // `errands` keeps no connection, so one after the other will do; an error is a caller that went away.
        listener.incoming().flatten().for_each(|connection| drop(take(&connection)));
    });
    Ok(url)
}

fn take(connection: &TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(connection);
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line)? > 2 {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    reader.read_exact(&mut vec![0; length])?;
    let mut writer = connection;
    writer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}
