{{ stage('group_catalog_contents', key=['groupId', 'contentType', 'contentId'], columns=[
    ['groupId', 'group_id', 'id'],
    ['contentType', 'content_type', 'id'],
    ['contentId', 'content_id', 'id'],
], used=false) }}
