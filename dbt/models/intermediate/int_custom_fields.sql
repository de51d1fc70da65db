-- The custom fields of users, each with its column, its role and its position.
with defined as (
    select custom_field_id, name, type, target_type from {{ ref('stg_custom_fields') }}
),

used as (
    select custom_field_id, min(type) as type from {{ ref('stg_user_custom_field_values') }} group by custom_field_id
),

fields as (
    select
        coalesce(defined.custom_field_id, used.custom_field_id) as custom_field_id,
        defined.name as field_name,
        coalesce(defined.type, used.type) as field_type
    from defined
    full join used on defined.custom_field_id = used.custom_field_id
    where used.custom_field_id is not null or coalesce(defined.target_type, 'users') <> 'contents'
),

slugs as (
    select *, coalesce({{ slug('field_name') }}, '') as slug from fields
),

ranked as (
    select
        *,
        row_number() over (partition by slug order by custom_field_id) as twin,
        row_number() over (order by custom_field_id) as position
    from slugs
),

roles as (
    {{ role_rows() }}
)

select
    ranked.custom_field_id,
    'cf_' || case
        when ranked.slug = '' then lower(ranked.custom_field_id)
        when ranked.twin = 1 then ranked.slug
        else ranked.slug || '_' || lower(ranked.custom_field_id)
    end as column_name,
    ranked.field_name,
    ranked.field_type,
    ranked.position,
    (
        select min(roles.role) from roles
        where roles.field = ranked.custom_field_id or roles.field = ranked.field_name
    ) as role
from ranked
