-- The custom fields of each role, in the order in which they count.
with configured as (
    {{ configured_names() }}
)

select
    fields.source_relation,
    configured.role,
    fields.custom_field_id,
    row_number() over (
        partition by fields.source_relation, configured.role
        order by configured.preference, fields.custom_field_id
    ) as preference
from configured
inner join {{ ref('stg_learning360__custom_fields') }} as fields
    on configured.name = fields.custom_field_id or configured.form = {{ normal_form('fields.name') }}
where configured.kind = 'user_field'
