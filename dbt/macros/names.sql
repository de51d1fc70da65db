{#- `learning360_custom_fields` over the defaults, role by role. -#}
{% macro role_fields() %}
{%- set fields = {} %}
{%- do fields.update(var('learning360_default_custom_fields') or {}) %}
{%- for role in (var('learning360_custom_fields') or {}) if role not in fields %}
    {%- do exceptions.raise_compiler_error(
        "The variable learning360_custom_fields knows no role " ~ role ~ "; the roles are " ~ fields.keys() | join(', ') ~ "."
    ) %}
{%- endfor %}
{%- do fields.update(var('learning360_custom_fields') or {}) %}
{{- return(fields) }}
{% endmacro %}

{#-
  The names in variables as rows: what they name (user_field, session_field, group or path), the variable, for a role its
  name, and the place in a list of names.
-#}
{% macro configured_names() %}
{%- set rows = [] %}
{%- for role, names in role_fields().items() %}
    {%- for name in names_of(names) %}{% do rows.append(['user_field', 'learning360_custom_fields', role, name, loop.index]) %}{% endfor %}
{%- endfor %}
{%- for variable, kind in [
    ('learning360_satisfaction_field', 'session_field'), ('learning360_recommendation_field', 'session_field'),
    ('learning360_internal_groups', 'group'), ('learning360_programme_paths', 'path'), ('learning360_validity_months', 'path'),
] %}
    {%- for name in names_of(var(variable)) %}{% do rows.append([kind, variable, none, name, loop.index]) %}{% endfor %}
{%- endfor %}
{%- for role, place, name in group_roles() %}{% do rows.append(['group', 'learning360_group_roles', role, name, 1]) %}{% endfor %}
{%- for kind, variable, role, name, preference in rows %}
select
    '{{ kind }}' as kind, '{{ variable }}' as variable, {{ literal(role) if role else 'cast(null as text)' }} as role,
    {{ literal(name) }} as name, {{ normal_form(literal(name)) }} as form, {{ preference }} as preference
union all
{%- endfor %}
select
    cast(null as text) as kind, cast(null as text) as variable, cast(null as text) as role, cast(null as text) as name,
    cast(null as text) as form, 0 as preference
where false
{% endmacro %}

{#- `learning360_group_roles` as [role, child_of or leaf_of, name of a group]. -#}
{% macro group_roles() %}
{%- set rows = [] %}
{%- for role, places in (var('learning360_group_roles') or {}).items() %}
    {%- if role not in role_fields() or places is not mapping or places | length != 1 or (places.keys() | first) not in ('child_of', 'leaf_of') %}
        {%- do exceptions.raise_compiler_error(
            "The variable learning360_group_roles has no place for " ~ role ~ ": write {firm: {child_of: NAME}} or {agency: {leaf_of: NAME}},"
            ~ " with one of the roles " ~ role_fields().keys() | join(', ') ~ "."
        ) %}
    {%- endif %}
    {%- do rows.append([role, places.keys() | first, places.values() | first]) %}
{%- endfor %}
{{- return(rows) }}
{% endmacro %}

{#- The roles whose values group learners: their spellings are made one. -#}
{% macro grouping_roles() %}
{{- return([
    'firm', 'agency', 'region', 'department', 'town', 'legal_form', 'activity', 'sector', 'kind', 'company_size', 'file_status', 'funding',
]) }}
{% endmacro %}

{#- The accounts: one row per schema of raw tables. -#}
{% macro accounts() %}
{%- for schema in raw_schemas() %}
select {{ literal(schema) }} as source_relation
{{ 'union all' if not loop.last }}
{%- endfor %}
{% endmacro %}
