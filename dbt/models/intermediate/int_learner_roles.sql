-- The value of a user's custom fields for each role.
{%- set roles = [
    'firm', 'agency', 'region', 'department', 'town', 'postcode', 'company', 'siret', 'legal_form', 'activity_code',
    'activity', 'sector', 'kind', 'company_size', 'headcount', 'company_manager', 'file_number', 'file_status', 'funding',
] %}
{%- for role in var('custom_fields') if role not in roles %}
    {%- do exceptions.raise_compiler_error("`vars: custom_fields` knows no role " ~ role ~ "; the roles are " ~ roles | join(', ') ~ ".") %}
{%- endfor %}
{%- set columns = [] %}
{%- for role in roles %}{%- do columns.append("max(case when role = '" ~ role ~ "' then value end) as " ~ role) %}{%- endfor %}
with roles as (
    {{ role_rows() }}
),

candidates as (
    select
        filled.user_id,
        roles.role,
        filled.value,
        row_number() over (
            partition by filled.user_id, roles.role
            order by roles.preference, filled.custom_field_id
        ) as choice
    from {{ ref('stg_user_custom_field_values') }} as filled
    left join {{ ref('stg_custom_fields') }} as fields on filled.custom_field_id = fields.custom_field_id
    inner join roles on filled.custom_field_id = roles.field or fields.name = roles.field
    where filled.value is not null
)

select
    user_id,
    {{ columns | join(',\n    ') }}
from candidates
where choice = 1
group by user_id
