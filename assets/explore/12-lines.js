/* Which line is meant. Known by its source and its metric, never by its place: a line that is taken away moves those behind
   it at once, while what is drawn is still of the answer before. */
(function () {
    "use strict";
    const {explore} = window.monitoring;

    /* As the address names it: neither part can be taken for the other. */
    explore.keyOf = ([source, metric]) => encodeURIComponent(source) + "/" + encodeURIComponent(metric);

    explore.answerKey = ({source, metric}) => explore.keyOf([source, metric]);

    /* Of the view; -1 where it was taken away meanwhile. */
    explore.placeOf = (key) => explore.view.lines.findIndex((line) => explore.keyOf(line) === key);

    /* What the viewer set for the line that has this place in the answer; undefined once it was taken away. */
    explore.ownLine = (place) => explore.view.lines[explore.placeOf(explore.answerKey(explore.answer.lines[place]))];
})();
