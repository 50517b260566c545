"""Feeds and site maps by their schemas.

Those of feeds are in `schemas/`: RELAX NG, which libxml2 reads, written after RFC 4287 and the
specification of RSS 2.0, and a JSON Schema written after that of JSON Feed 1.1. The schema of site
maps is that of sitemaps.org, in npm's package sitemap (MIT).
"""

import json
from pathlib import Path

from jsonschema import Draft202012Validator
from lxml import etree

from tests.checkers.packages import package

_SCHEMAS = Path(__file__).parent / "schemas"


def atom_errors(feed: bytes) -> list[str]:
    """What is wrong with an Atom feed."""
    return _against(etree.RelaxNG(file=_SCHEMAS / "atom.rng"), feed)


def rss_errors(feed: bytes) -> list[str]:
    """What is wrong with an RSS 2.0 feed."""
    return _against(etree.RelaxNG(file=_SCHEMAS / "rss.rng"), feed)


def sitemap_errors(sitemap: bytes) -> list[str]:
    """What is wrong with a site map."""
    schema = package("sitemap") / "schema" / "sitemap.xsd"
    return _against(etree.XMLSchema(file=schema), sitemap)


def json_feed_errors(feed: bytes) -> list[str]:
    """What is wrong with a JSON Feed."""
    schema = json.loads((_SCHEMAS / "jsonfeed.json").read_bytes())
    errors = Draft202012Validator(schema).iter_errors(json.loads(feed))
    return [f"{each.json_path}: {each.message}" for each in errors]


def _against(schema: etree.RelaxNG | etree.XMLSchema, document: bytes) -> list[str]:
    schema.validate(etree.fromstring(document))
    return [f"line {each.line}: {each.message}" for each in schema.error_log]
