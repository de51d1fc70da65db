{{ stage('group_library_contents', key=['groupId', 'contentType', 'contentId'], columns=[
    ['groupId', 'group_id', 'text'],
    ['contentType', 'content_type', 'text'],
    ['contentId', 'content_id', 'text'],
]) }}
