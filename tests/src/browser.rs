//! A real browser, driven through chromedriver in the WebDriver protocol.
