"""Composite foreign keys: the columns a service repeats always say what unit and organisation say."""

from django.db import migrations

FORWARD = """
ALTER TABLE branches_partyorganisation
    ADD CONSTRAINT organisation_with_type UNIQUE (id, type);
ALTER TABLE societies_societyunit
    ADD CONSTRAINT unit_with_tier_and_society UNIQUE (id, tier, society_id);
ALTER TABLE branches_organisationservice
    ADD CONSTRAINT service_type_is_organisations FOREIGN KEY (organisation_id, organisation_type)
        REFERENCES branches_partyorganisation (id, type) ON UPDATE CASCADE,
    ADD CONSTRAINT service_tier_and_society_are_units FOREIGN KEY (unit_id, tier, society_id)
        REFERENCES societies_societyunit (id, tier, society_id);
"""
BACKWARD = """
ALTER TABLE branches_organisationservice
    DROP CONSTRAINT service_type_is_organisations,
    DROP CONSTRAINT service_tier_and_society_are_units;
ALTER TABLE societies_societyunit DROP CONSTRAINT unit_with_tier_and_society;
ALTER TABLE branches_partyorganisation DROP CONSTRAINT organisation_with_type;
"""


class Migration(migrations.Migration):
    dependencies = [("branches", "0002_initial"), ("societies", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
