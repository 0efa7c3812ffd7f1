"""The source of the tables: the metadata of the pinned ``phonenumbers`` package.

Each plan is one record of that metadata. Regions come first, in the order of their codes;
after them the non-geographical entities, in the order of their country calling codes.
"""

from __future__ import annotations

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, SUPPORTED_REGIONS
from phonenumbers.phonemetadata import PhoneMetadata, PhoneNumberDesc

VERSION: str = phonenumbers.__version__
NON_GEOGRAPHICAL = "001"

COUNTRY_CODES: dict[int, tuple[str, ...]] = dict(sorted(COUNTRY_CODE_TO_REGION_CODE.items()))
REGIONS: list[str] = sorted(SUPPORTED_REGIONS)
ENTITIES: list[int] = [
    code for code, regions in COUNTRY_CODES.items() if regions == (NON_GEOGRAPHICAL,)
]


def metadata(country_code: int, region: str) -> PhoneMetadata:
    """The metadata of a region, or of the entity of a non-geographical code."""
    found = PhoneMetadata.metadata_for_region_or_calling_code(country_code, region)
    if found is None:
        raise LookupError(f"no metadata for {region} {country_code}")
    return found


def general(plan: PhoneMetadata) -> PhoneNumberDesc:
    """The general description of a plan's numbers, which every plan has."""
    if plan.general_desc is None:
        raise LookupError(f"{plan.id}: no general description")
    return plan.general_desc


def plans() -> list[PhoneMetadata]:
    """Every plan, in the order of the table."""
    regions = {region: code for code, members in COUNTRY_CODES.items() for region in members}
    return [metadata(regions[region], region) for region in REGIONS] + [
        metadata(code, NON_GEOGRAPHICAL) for code in ENTITIES
    ]


def main_plan(country_code: int) -> int:
    """The index of the plan that decides about length and trunk prefix for a code."""
    region = COUNTRY_CODES[country_code][0]
    if region == NON_GEOGRAPHICAL:
        return len(REGIONS) + ENTITIES.index(country_code)
    return REGIONS.index(region)


def region_index(region: str) -> int:
    """The number of a region: from 1 in the order of codes, "001" last; 0 means none."""
    return 1 + (len(REGIONS) if region == NON_GEOGRAPHICAL else REGIONS.index(region))
