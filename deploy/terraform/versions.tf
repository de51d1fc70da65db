terraform {
  # 1.9: validations may refer to other variables and to locals.
  required_version = ">= 1.9"

  required_providers {
    airbyte = {
      source  = "airbytehq/airbyte"
      version = "~> 1.2"
    }
  }
}
