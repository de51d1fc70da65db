"""Airbyte's standard tests, as they come."""

from airbyte_cdk.test.standard_tests.docker_base import DockerConnectorTestSuite


class TestStandard(DockerConnectorTestSuite):
    """What is run on what: acceptance-test-config.yml."""
