"""`make pictures`: pictures of the page that `make demo` wrote, for the docs: desktop, phone, dark and print."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
# Name, width, height and color scheme of each picture of the screen.
SCREENS = [
    ("tableau-de-bord", 1000, 1560, "light"),
    ("tableau-de-bord-sombre", 1000, 900, "dark"),
    ("tableau-de-bord-telephone", 390, 1300, "light"),
]
PRINT = "tableau-de-bord-impression"
PRINTED_PAGES = 3


def shrink(image: Image.Image, name: str) -> None:
    """Writes a picture with 256 colors, which is smaller and looks the same."""
    image.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE).save(PICTURES / f"{name}.png", optimize=True)


def take(page_file: Path) -> None:
    """Writes all pictures of one page."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    raw = PICTURES / "raw.png"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        for name, width, height, scheme in SCREENS:
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, locale="fr-FR"
            )
            page = context.new_page()
            page.goto(page_file.as_uri())
            page.screenshot(path=raw)
            with Image.open(raw) as image:
                shrink(image, name)
        context = browser.new_context(locale="fr-FR")
        page = context.new_page()
        page.goto(page_file.as_uri())
        printed = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
        browser.close()
    raw.unlink()
    sheets = [printed[number].render(scale=0.75).to_pil() for number in range(min(PRINTED_PAGES, len(printed)))]
    wide = sum(sheet.width + 8 for sheet in sheets) - 8
    beside = Image.new("RGB", (wide, sheets[0].height), "#8a94a0")
    for number, sheet in enumerate(sheets):
        beside.paste(sheet, (number * (sheet.width + 8), 0))
    shrink(beside, PRINT)


def main() -> None:
    parser = argparse.ArgumentParser(description="Pictures of the report's page, for the docs.")
    parser.add_argument("page", type=Path, help="the page that make demo wrote")
    page = parser.parse_args().page.resolve()
    if not page.is_file():
        sys.exit(f"pictures: {page} is missing: run make demo first.")
    take(page)


if __name__ == "__main__":
    main()
