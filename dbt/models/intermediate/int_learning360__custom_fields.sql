-- The custom fields of users, each with its column, its role and its position. A field without definition is gone.
with fields as (
    select source_relation, custom_field_id, name as field_name, type as field_type
    from {{ ref('stg_learning360__custom_fields') }}
    where coalesce(target_type, 'users') <> 'contents'
),

slugs as (
    select *, coalesce({{ slug('field_name') }}, '') as slug from fields
),

ranked as (
    select
        *,
        row_number() over (partition by source_relation, slug order by custom_field_id) as twin,
        row_number() over (partition by source_relation order by custom_field_id) as position
    from slugs
)

select
    ranked.source_relation,
    ranked.custom_field_id,
    'cf_' || case
        when ranked.slug = '' then lower(ranked.custom_field_id)
        when ranked.twin = 1 then ranked.slug
        else ranked.slug || '_' || lower(ranked.custom_field_id)
    end as column_name,
    ranked.field_name,
    ranked.field_type,
    case when ranked.field_type = 'date' then 'date' else 'text' end as data_type,
    ranked.position,
    (
        select min(roles.role)
        from {{ ref('int_learning360__role_fields') }} as roles
        where roles.source_relation = ranked.source_relation and roles.custom_field_id = ranked.custom_field_id
    ) as role
from ranked
