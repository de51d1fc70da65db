{{ mart(key=['column_name']) }}
select source_relation, column_name, custom_field_id, coalesce(field_name, custom_field_id) as field_name, field_type, data_type, role, position
from {{ ref('int_learning360__custom_fields') }}
