"""Airbyte's standard tests, unchanged."""

from airbyte_cdk.test.standard_tests.docker_base import DockerConnectorTestSuite


class TestStandard(DockerConnectorTestSuite):
    """The tests of acceptance-test-config.yml."""
