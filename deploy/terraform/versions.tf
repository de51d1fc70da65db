terraform {
  # 1.9: a validation may look at other variables and at locals.
  required_version = ">= 1.9"

  required_providers {
    airbyte = {
      source  = "airbytehq/airbyte"
      version = "~> 1.2"
    }
  }
}
