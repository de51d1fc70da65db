select column_name, custom_field_id, coalesce(field_name, custom_field_id) as field_name, field_type, role, position
from {{ ref('int_custom_fields') }}
