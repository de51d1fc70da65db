{#- One row per key. A part of a key may be NULL, such as the role of a membership, but not all of it. -#}
{% test unique_together(model, columns) %}
{%- set parts = columns | reject('equalto', 'source_relation') | list or columns %}
select {{ columns | join(', ') }}
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1 or ({% for column in parts %}count({{ column }}) = 0{{ ' and ' if not loop.last }}{% endfor %})
{% endtest %}
