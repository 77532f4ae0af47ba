package io.nimscaler.page;

import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** One browser for all tests of a class, and where it finds the page. */
abstract class BrowserTest {

    static Browser browser;

    @BeforeAll
    static void openBrowser() {
        browser = Browser.open();
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    static int port() {
        return ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
    }

    static String page(String fragment) {
        return "http://127.0.0.1:" + port() + "/" + fragment;
    }

    static String detail(String name) {
        return page("#/nim/" + name);
    }
}
