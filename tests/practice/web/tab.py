"""What the tests do in a tab."""

from playwright.sync_api import expect


def write(tab, text):
    """Put a text in the editor, in place of what is there."""
    tab.locator(".cm-content").fill(text)


def run(tab):
    """Press Ctrl+Enter in the editor, and wait for the verdict; returns its banner."""
    tab.locator(".cm-content").press("Control+Enter")
    return verdict(tab)


def verdict(tab):
    """The banner of the verdict, when it is there."""
    expect(tab.locator(".verdict")).to_have_attribute("aria-busy", "false", timeout=60_000)
    return tab.locator(".verdict .banner")


def text_of(tab):
    """What is in the editor."""
    lines = tab.locator(".cm-content .cm-line")
    return "\n".join("" if line == "\n" else line for line in lines.all_inner_texts())
